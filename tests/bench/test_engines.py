"""handgrad's engines as contestants: the calls do what they are said to do."""

import numpy as np
import pytest

from handgrad.bench.engines import EngineLayers, EngineSide
from handgrad.errors import ArgumentError
from tests.bench.toys import small_recipe


def test_training_is_a_step_on_one_batch() -> None:
    side = EngineSide(small_recipe(), 1, engine="reference")
    step = side.call("training")
    before = side.network.state_dict()
    first, second = step(), step()
    assert (first.count, second.count) == (2, 2)
    assert side.run.step_count == 2
    changed = {name for name, value in side.network.state_dict().items() if (value != before[name]).any()}
    assert changed


def test_prediction_is_of_1000_images_or_of_one() -> None:
    side = EngineSide(small_recipe(), 1, engine="reference")
    assert side.call("inference")().shape == (1000, 3)
    assert side.call("latency")().shape == (1, 3)


def test_layers_of_the_reference_run_their_own_passes() -> None:
    side = EngineLayers(small_recipe(), 1, engine="reference")
    y, _ = side.call("1 forward")()
    assert np.array_equal(y, side.inputs[2])
    dx, gradients = side.call("1 backward")()
    assert dx.shape == side.inputs[1].shape
    assert {name: value.shape for name, value in gradients.items()} == {"weight": (4, 16), "bias": (4,)}


def test_an_engine_that_cannot_is_told_so() -> None:
    with pytest.raises(ArgumentError, match="--layers: expected one of reference, compiled, got torch"):
        EngineLayers(small_recipe(), 1, engine="torch")


def test_layers_of_the_compiled_engine_are_run_by_its_kernels(monkeypatch) -> None:
    made = []

    class Plan:
        def __init__(self, layer, x, dy, threads, *, needs_dx) -> None:
            made.append((type(layer).__name__, x.shape, dy.shape, threads, needs_dx))
            self.forward, self.backward = lambda: "forward", lambda: "backward"

    monkeypatch.setattr("handgrad.bench.compiled_layers.LayerPlan", Plan)
    side = EngineLayers(small_recipe(), 2, engine="compiled")
    assert side.call("1 backward")() == "backward"
    assert side.call("3 forward")() == "forward"
    assert made == [("Linear", (2, 16), (2, 4), 2, False), ("Linear", (2, 4), (2, 3), 2, True)]
