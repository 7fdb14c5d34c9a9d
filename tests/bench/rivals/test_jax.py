"""The rival computes what the recipe says, where JAX is installed."""

import numpy as np
import pytest

from handgrad.bench import engines
from handgrad.bench.engines import EngineSide
from handgrad.bench.rivals import jax as rival
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, find_recipe, override

pytest.importorskip("jax")


@pytest.fixture(autouse=True)
def all_cores(monkeypatch) -> None:
    monkeypatch.setattr(rival.os, "sched_setaffinity", lambda *_: None, raising=False)


def small(name: str, *settings: str) -> Recipe:
    return override(find_recipe(name), ["train.batch_size=8", *settings])


@pytest.mark.parametrize("name", ["lenet", "thu-cnn2", "mnistnet", "mlp"])
def test_it_predicts_and_steps_as_the_reference(name: str, monkeypatch) -> None:
    for module in (engines, rival):
        monkeypatch.setattr(module, "timed_recipe", lambda recipe: recipe)
    plain = ["optimizer.decay_bias=true", "optimizer.bias_lr_multiplier=1.0"]
    ours = EngineSide(small(name, *plain), 1, engine="reference")
    theirs = rival.JaxSide(small(name, *plain), 1)
    np.testing.assert_allclose(theirs.call("latency")(), ours.call("latency")(), rtol=1e-4, atol=1e-5)
    first, step, their_step = ours.network.state_dict(), ours.call("training"), theirs.call("training")
    for _ in range(3):
        step()
        their_step()
    found = {f"{p}.{key}": value for p, layer in enumerate(theirs.weights) for key, value in layer.items()}
    for key, value in ours.network.state_dict().items():
        moved = np.abs(value - first[key]).max()
        np.testing.assert_allclose(found[key], value, rtol=0, atol=5e-3 * moved, err_msg=key)


@pytest.mark.parametrize(
    "setting",
    [
        "optimizer.type=RMSprop",
        "loss.type=MSELoss",
        'network.layers=["Flatten()", "Linear(784, 10)", "ELU()"]',
    ],
)
def test_what_is_not_written_out_is_said(setting: str) -> None:
    with pytest.raises(ArgumentError, match="JAX: expected"):
        rival.JaxSide(small("mlp", setting), 1).call("training")
