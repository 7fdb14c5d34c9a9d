"""Numbers that are none are refused as the reference refuses them, and everything is left as it was."""

import contextlib
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import NonFiniteError
from tests.engine.compiled.refusals import TARGETS, X, refused_alike
from tests.engine.engine_cases import make_net, make_run, same

OPTIONS: list[dict[str, Any]] = [
    {
        "optimizer": hg.Adam(lr=0.01),
        "average": hg.ExponentialMovingAverage(0.8),
        "clip": hg.ClipGradNorm(1.0),
    },
    {
        "optimizer": hg.SGD(lr=0.1, momentum=0.9),
        "average": hg.StochasticWeightAverage(),
        "clip": hg.ClipGradValue(0.1),
    },
    {"optimizer": hg.RMSprop(), "clip": hg.ClipGradNorm(1.0, norm_type=1.0)},
]


@pytest.mark.filterwarnings("ignore:no kernel for the clipping")
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number(value: float, options: dict[str, Any]):
    x = X.copy()
    x[20, 0, 3, 3] = value
    error = refused_alike(make_net, x, TARGETS, **options)
    assert str(error) == (
        "step 2: expected finite inputs, got a NaN or an infinity in image 20 of the batch. "
        "Hint: look at the data and their normalisation."
    )


@pytest.mark.parametrize(
    "layer", ["relu", "leaky", "elu", "sigmoid", "tanh", "prelu", "softmax", "max", "avg", "dropout", "norm"]
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_layer_swallows_what_is_no_number(layer: str, value: float):
    """A single NaN or infinity in a weight before it: found, and the same layer named."""
    layers: dict[str, Any] = {
        "relu": hg.ReLU, "leaky": hg.LeakyReLU, "elu": hg.ELU, "sigmoid": hg.Sigmoid, "tanh": hg.Tanh,
        "prelu": hg.PReLU, "softmax": hg.Softmax, "max": lambda: hg.MaxPool2d(2),
        "avg": lambda: hg.AvgPool2d(2), "dropout": lambda: hg.Dropout(0.5), "norm": lambda: hg.BatchNorm2d(2),
    }  # fmt: skip
    texts = []
    for engine in ("compiled", "reference"):
        run = make_run(
            hg.Sequential([hg.Conv2d(1, 2, 3), layers[layer](), hg.Flatten(), hg.Linear(None, 3)]),
            engine=engine,
        )
        run.train_step(X, TARGETS)
        run.network[0].weight.value[1, 0, 2, 1] = value
        before = run.state()
        with pytest.raises(NonFiniteError) as caught:
            run.train_step(X, TARGETS)
        texts.append(str(caught.value))
        assert same(run.state(), before)
    assert texts[0] == texts[1]
    assert "first in the activations of layer 0, Conv2d(1, 2, 3)" in texts[0]


@pytest.mark.filterwarnings("ignore:no kernel for the clipping")
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", ["0.weight", "1.weight", "1.bias", "6.weight", "8.bias"])
def test_a_weight_that_is_no_number(name: str, options: dict[str, Any]):
    texts = []
    for engine in ("compiled", "reference"):
        run = make_run(engine=engine, **options)
        run.train_step(X, TARGETS)
        run.network.parameters()[name].value.flat[-1] = np.nan
        before = run.state()
        for _ in range(2):
            with pytest.raises(NonFiniteError) as caught:
                run.train_step(X, TARGETS)
        texts.append(str(caught.value))
        assert same(run.state(), before)
    assert texts[0] == texts[1]


def test_an_exploding_learning_rate_stops_at_the_same_step():
    steps = []
    for engine in ("compiled", "reference"):
        net = hg.Sequential([hg.Flatten(), hg.Linear(64, 9), hg.ReLU(), hg.Linear(9, 3)])
        run = make_run(net, hg.SGD(lr=1e20), engine=engine)
        made, before = 0, run.state()
        with contextlib.suppress(NonFiniteError):
            while made < 10:
                before = run.state()
                made += run.train_step(X, TARGETS).count > 0
        assert same(run.state(), before)
        assert run.step_count == made
        steps.append(made)
    assert 0 < steps[0] == steps[1] < 10


def overflowing(engine: str) -> Any:
    """Activations and loss are finite, but x, the weights and dy are large, and their products are not."""
    net = hg.Sequential([hg.Flatten(), hg.Linear(64, 2), hg.Linear(2, 2), hg.Linear(2, 3)])
    run = make_run(net, hg.SGD(), loss=hg.MSELoss(), engine=engine)
    run.network.load_state_dict({name: 0 * value for name, value in net.state_dict().items()})
    net[2].weight.value[...] = 1e38
    net[3].weight.value[...] = 1e18
    return run


def test_gradients_that_overflow():
    texts = []
    for engine in ("compiled", "reference"):
        run = overflowing(engine)
        before = run.state()
        with pytest.raises(NonFiniteError) as caught:
            run.train_step(X, np.full((21, 3), 1e18, "f"))
        texts.append(str(caught.value))
        assert same(run.state(), before)
    assert texts[0] == texts[1]
    assert "first in the gradient of x of layer 2, Linear(2, 2)" in texts[0]


def test_a_loss_that_overflows():
    for loss in (hg.MSELoss(), hg.EuclideanLoss()):
        run = make_run(
            hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), hg.SGD(), loss=loss, engine="compiled"
        )
        run.train_step(X, TARGETS)
        run.network[1].bias.value[...] = 1e30
        before = run.state()
        with pytest.raises(NonFiniteError, match="first in the loss, of finite activations"):
            run.train_step(X, TARGETS)
        assert same(run.state(), before)


def test_an_overflow_where_there_is_no_image_is_none():
    """21 images do not fill their vectors: what would become of an image of zeros must not matter."""
    runs = []
    for engine in ("compiled", "reference"):
        net = hg.Sequential([hg.Flatten(), hg.Linear(64, 2), hg.Linear(2, 2), hg.Linear(2, 3)])
        run = make_run(net, hg.SGD(lr=0.1), engine=engine)
        run.network[1].weight.value[...] = 0
        run.network[1].weight.value[:, 0] = -3e38
        run.network[1].bias.value[...] = (
            3e38  # of images whose first pixel is 1 this layer gives 0, else 3e38
        )
        run.network[2].weight.value[...] = 2
        x = X.copy()
        x[:, 0, 0, 0] = 1
        runs.append(run.train_step(x, TARGETS).loss)
    assert runs[0] == pytest.approx(runs[1], rel=1e-5)
