"""The rival computes what the recipe says, not something cheaper."""

import numpy as np
import pytest

from handgrad.bench import engines
from handgrad.bench.engines import EngineLayers, EngineSide
from handgrad.bench.rivals import pytorch
from handgrad.bench.side import layer_measure
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, find_recipe, override

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

RECIPES = ["lenet", "hw5", "convnet", "mnistnet", "thu-cnn2", "mlp"]


def small(name: str, *settings: str) -> Recipe:
    return override(find_recipe(name), ["train.batch_size=8", *settings])


@pytest.fixture
def real_rate(monkeypatch) -> None:
    """The recipes' own learning rates, so that a step can be seen."""
    for module in (engines, pytorch):
        monkeypatch.setattr(module, "timed_recipe", lambda recipe: recipe)


@pytest.mark.parametrize("options", [{}, {"channels_last": True}], ids=["default", "channels-last"])
@pytest.mark.parametrize("name", RECIPES)
def test_it_predicts_what_the_reference_predicts(name: str, options: dict[str, bool]) -> None:
    ours = EngineSide(small(name), 1, engine="reference").call("inference")()
    side = pytorch.TorchSide(small(name), 1, **options)
    theirs = side.call("inference")()
    assert not side.module.training
    assert theirs.is_inference()
    np.testing.assert_allclose(theirs.numpy(), ours, rtol=1e-4, atol=1e-5)  # float32, sums in another order
    assert side.call("latency")().shape == (1, 10)


SETTINGS = {
    "mnistnet": ["optimizer.decay_bias=true"],
    "mlp": ["clip.type=ClipGradNorm", "clip.max_norm=0.01"],
    "convnet": ["clip.type=ClipGradValue", "clip.clip_value=0.001", "optimizer.lr=0.1"],
    "thu-cnn2": ["loss.type=EuclideanLoss", "optimizer.lr=0.001"],
}


@pytest.mark.usefixtures("real_rate")
@pytest.mark.parametrize("name", [name for name in RECIPES if name != "hw5"])
def test_its_steps_are_those_of_the_reference(name: str) -> None:
    # hw5's form of momentum differs from PyTorch's in the first step, and so in all that follow
    recipe = small(name, *SETTINGS.get(name, []))
    ours, theirs = EngineSide(recipe, 1, engine="reference"), pytorch.TorchSide(recipe, 1)
    first = ours.network.state_dict()
    step, their_step = ours.call("training"), theirs.call("training")
    assert theirs.module.training
    for _ in range(3):
        step()
        their_step()
    found = {key: value.numpy() for key, value in theirs.module.state_dict().items()}
    for key, value in ours.network.state_dict().items():
        moved = np.abs(value - first[key]).max()
        assert moved > 0
        tolerance = 5e-3 * moved  # float32, and a schedule that has hardly begun
        np.testing.assert_allclose(found[key], value, rtol=0, atol=tolerance, err_msg=key)


def test_the_recipes_own_forms_of_an_optimizer() -> None:
    lenet = pytorch.TorchSide(small("lenet"), 1)
    weights, biases = pytorch.torch_optimizer(find_recipe("lenet"), lenet.module).param_groups
    assert (weights["lr"], weights["momentum"], weights["weight_decay"]) == (0.01, 0.9, 0.0005)
    assert (biases["lr"], biases["momentum"], biases["weight_decay"]) == (0.02, 0.9, 0.0)
    assert [len(group["params"]) for group in (weights, biases)] == [4, 4]
    recipe = find_recipe("hw5")  # v = a v + (1 − a) g
    (group,) = pytorch.torch_optimizer(recipe, pytorch.TorchSide(recipe, 1).module).param_groups
    assert (group["momentum"], group["dampening"]) == (0.9, 0.9)


@pytest.mark.usefixtures("real_rate")
@pytest.mark.parametrize("loss", ["MSELoss", "EuclideanLoss", "ProbabilityCrossEntropyLoss"])
def test_losses(loss: str) -> None:
    recipe = small("mlp", f"loss.type={loss}", 'network.layers=["Flatten()", "Linear(784, 10)", "Softmax()"]')
    ours, theirs = EngineSide(recipe, 1, engine="reference"), pytorch.TorchSide(recipe, 1)
    ours.call("training")()
    theirs.call("training")()
    for key, value in ours.network.state_dict().items():
        np.testing.assert_allclose(theirs.module.state_dict()[key].numpy(), value, atol=1e-6)


def test_autocast_is_other_arithmetic() -> None:
    plain = pytorch.TorchSide(small("mlp"), 1).call("inference")()
    rough = pytorch.TorchSide(small("mlp"), 1, autocast=True)
    found = rough.call("inference")()
    assert found.dtype == torch.bfloat16
    assert 0 < (found.float() - plain).abs().max() < 0.1
    rough.call("training")()


def test_compiling_is_asked_for_with_fixed_shapes(monkeypatch) -> None:
    asked = []

    def compile(function, **options):
        asked.append(options)
        return function

    monkeypatch.setattr(torch, "compile", compile)
    side = pytorch.TorchSide(small("mlp"), 1, compiled=True)
    side.call("training")()
    side.call("inference")()
    assert asked == [{"dynamic": False}, {"dynamic": False}]


@pytest.mark.parametrize("options", [{}, {"channels_last": True}], ids=["default", "channels-last"])
@pytest.mark.parametrize("name", ["lenet", "mlp"])
def test_each_layer_alone(name: str, options: dict[str, bool]) -> None:
    from handgrad.bench.rivals.pytorch_layers import TorchLayers

    ours, theirs = EngineLayers(small(name), 1, engine="reference"), TorchLayers(small(name), 1, **options)
    first = {"lenet": 0, "mlp": 1}[name]  # the first that learns: it gives no dx
    for position in range(len(ours.network)):
        y, _ = ours.call(layer_measure(position, "forward"))()
        dx, gradients = ours.call(layer_measure(position, "backward"))()
        expected = [*([] if position == first else [dx]), *gradients.values()]
        found = theirs.call(layer_measure(position, "forward"))()
        np.testing.assert_allclose(found.detach().numpy(), y, rtol=1e-4, atol=1e-5)
        back = theirs.call(layer_measure(position, "backward"))
        for _ in range(2):  # the graph is kept, and nothing is added up
            for own, rival in zip(expected, back(), strict=True):
                np.testing.assert_allclose(rival.numpy(), own, rtol=1e-3, atol=1e-3)


def test_what_pytorch_has_not_is_said() -> None:
    side = pytorch.TorchSide(small("mlp", "optimizer.type=Adam", "optimizer.lr=0.1"), 1)
    side.recipe.optimizer["unknown"] = 3
    with pytest.raises(ArgumentError, match="options of its Adam"):
        side.call("training")
