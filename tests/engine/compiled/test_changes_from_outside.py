"""Whatever is done to a network between two steps, the compiled engine sees at the next one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from tests.engine.compiled.agreement import Trio, trio
from tests.engine.engine_cases import make_data

X, TARGETS = hg.batch(make_data(), range(21))


def layers() -> list[hg.Layer]:
    return [
        hg.Conv2d(1, 2, 3), hg.BatchNorm2d(2), hg.Tanh(), hg.AvgPool2d(2), hg.Flatten(), hg.Dropout(0.2),
        hg.Linear(18, 5), hg.PReLU(), hg.Sequential([hg.Linear(5, 3)]),
    ]  # fmt: skip


def unchanged_otherwise(change: Callable[[Any], object]) -> Trio:
    """Two steps, the change, two steps."""
    runs = trio(layers, (1, 8, 8), optimizer=hg.SGD(lr=0.1, momentum=0.9))
    for when in ("before", "after"):
        for _ in range(2):
            runs.steps_agree(X, TARGETS, f"a step {when} the change")
        before = runs.compiled.predict(X)
        if when == "before":
            for run in runs:
                change(run)
            assert (runs.compiled.predict(X) != before).any() or change in SEEN_IN_TRAINING_ONLY
        runs.gradients_agree(X, TARGETS)
        runs.predictions_agree(X)
    runs.states_agree()
    return runs


def in_place(run: Any) -> None:
    for parameter in run.network.parameters().values():
        parameter.value[...] *= -0.5


def one_number(run: Any) -> None:
    run.network[8][0].weight.value[1, 2] += 1


def buffers(run: Any) -> None:
    run.network[1].running_mean.value[...] += 0.5
    run.network[1].running_var.value[...] *= 2


def load_state_dict(run: Any) -> None:
    run.network.load_state_dict({name: array + 0.25 for name, array in run.network.state_dict().items()})


def load_state(run: Any) -> None:
    run.load_state({name: array * 2 for name, array in run.state().items()})


def astype_and_back(run: Any) -> None:
    """New arrays."""
    dtype = run.network.dtype
    run.network.astype(np.float64)
    run.network[0].weight.value[...] += 0.25
    run.network.astype(np.float32)
    run.network.astype(dtype)


def another_parameter(run: Any) -> None:
    layer = run.network[6]
    layer.weight = hg.Parameter((layer.weight.value * 3).astype(run.network.dtype))


def another_buffer(run: Any) -> None:
    layer = run.network[1]
    layer.running_mean = hg.Buffer(layer.running_mean.value + 1)


def another_layer(run: Any) -> None:
    run.network.layers[2] = hg.Sigmoid()


def another_layer_inside(run: Any) -> None:
    inside = run.network[8].layers
    inside.append(hg.Tanh())


def another_share_of_dropout(run: Any) -> None:
    run.network[5].p = 0.6


def another_momentum_of_statistics(run: Any) -> None:
    run.network[1].momentum = 0.7


SEEN_IN_TRAINING_ONLY = [another_share_of_dropout, another_momentum_of_statistics]


@pytest.mark.parametrize(
    "change",
    [
        in_place,
        one_number,
        buffers,
        load_state_dict,
        load_state,
        astype_and_back,
        another_momentum_of_statistics,
        another_parameter,
        another_buffer,
        another_layer,
        another_layer_inside,
        another_share_of_dropout,
    ],
    ids=lambda change: change.__name__,
)
def test_it_is_seen(change: Callable[[Any], object]):
    assert unchanged_otherwise(change).compiled.fallbacks == []


def test_a_network_of_float64_and_back():
    """Trained in float64 for a step in between, which kernels cannot."""
    runs = trio(layers, (1, 8, 8))
    runs.steps_agree(X, TARGETS)
    for run in runs:
        run.network.astype(np.float64)
    with pytest.warns(UserWarning, match="float64"):
        runs.compiled.train_step(X, TARGETS)
    for run in (runs.single, runs.double):
        run.train_step(X, TARGETS)
    for run in (runs.compiled, runs.single):
        run.network.astype(np.float32)
    runs.steps_agree(X, TARGETS)
    runs.states_agree()


def transposed(shape: tuple[int, ...], rng: np.random.Generator, _: Any) -> np.ndarray:
    """An initialiser as a student writes it: NumPy's orthogonal matrices want to be turned round."""
    return rng.normal(size=shape[::-1]).T


def test_parameters_that_came_in_another_order_in_memory():
    runs = trio(
        lambda: [hg.Flatten(), hg.Linear(64, 5, weight_init=transposed), hg.Tanh(), hg.Linear(5, 3)],
        (1, 8, 8),
    )
    for run in runs:
        numbers = np.random.default_rng(0).normal(size=(5, 3)).astype(run.network.dtype)
        run.network[3].weight = hg.Parameter(numbers.T)
    runs.predictions_agree(X)
    runs.gradients_agree(X, TARGETS)
    runs.steps_agree(X, TARGETS)
    runs.states_agree()


@pytest.mark.filterwarnings("ignore:no kernel")
def test_one_parameter_of_float64_among_others_of_float32():
    runs = trio(lambda: [hg.Flatten(), hg.Linear(64, 5), hg.Linear(5, 3)], (1, 8, 8))
    for run in runs:
        run.network[2].weight.astype(np.float64)
    np.testing.assert_allclose(runs.compiled.predict(X), runs.double.predict(X), rtol=1e-4, atol=1e-5)
    found, expected = (run.gradients(X, TARGETS) for run in (runs.compiled, runs.double))
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)
