"""Predictions by linear layers alone, whose images are read as they lie."""

from math import ceil

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine.compiled.kernels.linear_rows import images_in_tile
from handgrad.engine.compiled.native.library import library
from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.plan.matrices import MatrixPlan, fits, steps_of
from handgrad.engine.compiled.plan.network import nodes_of
from handgrad.engine.compiled.plan.plans import Input, PredictionPlan, prediction_plan

ACTIVATIONS = [hg.ReLU(), hg.LeakyReLU(0.1), hg.ELU(0.7), hg.Sigmoid(), hg.Tanh()]


def network(*layers: hg.Layer, shape=(5, 7)) -> hg.Sequential:
    return hg.Sequential([hg.Flatten(), *layers], seed=0, input_shape=(1, *shape))


def images(count: int, shape=(5, 7)) -> np.ndarray:
    return np.random.default_rng(count).standard_normal((count, 1, *shape), np.float32)


def plan_of(net: hg.Sequential, count: int, threads: int = 1):
    return prediction_plan(library(host()), net, Input(net.input_shape, count, "floats"), threads)


def in_blocks(net: hg.Sequential, x: np.ndarray) -> np.ndarray:
    """The same prediction by the plan that lays images out in blocks."""
    return PredictionPlan(library(host()), net, Input(net.input_shape, len(x), "floats"), 1).predict(x)


def exact(net: hg.Sequential, x: np.ndarray) -> np.ndarray:
    """Layer by layer in float64, without the library's ops."""
    y = x.reshape(len(x), -1).astype(np.float64)
    for layer in net:
        if isinstance(layer, hg.Linear):
            y = y @ layer.weight.value.T.astype(np.float64)
            y = y + (layer.bias.value if layer.bias else 0)
        elif isinstance(layer, hg.Sigmoid):
            y = 1 / (1 + np.exp(-y))
        elif isinstance(layer, hg.ReLU):
            y = np.maximum(y, 0)
    return y


@pytest.mark.parametrize("count", [14, 15, 16, 17, 100, 257])
@pytest.mark.parametrize("outputs", [1, 10, 16, 17, 64, 65, 130])
def test_against_matrix_products_in_float64(outputs: int, count: int):
    net, x = network(hg.Linear(35, outputs), hg.Sigmoid(), hg.Linear(outputs, 3, bias=False)), images(count)
    plan = plan_of(net, count)
    assert isinstance(plan, MatrixPlan)
    np.testing.assert_allclose(plan.predict(x), exact(net, x), rtol=0, atol=2e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_the_same_bits_as_in_blocks(activation: hg.Layer):
    net = network(
        hg.Linear(35, 33), activation, hg.Dropout(0.5), hg.Linear(33, 20), hg.ReLU(), hg.Linear(20, 7)
    )
    for count in (14, 40, 101):
        x = images(count)
        assert np.array_equal(plan_of(net, count).predict(x), in_blocks(net, x))


@pytest.mark.parametrize("threads", [2, 3, 16])
def test_any_number_of_threads(threads: int):
    net, x = network(hg.Linear(35, 70), hg.ReLU(), hg.Linear(70, 10)), images(203)
    assert np.array_equal(plan_of(net, 203, threads).predict(x), plan_of(net, 203).predict(x))


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])
def test_the_work_is_cut_so_that_threads_end_together(threads: int):
    """Whoever is free takes the next task: nobody has much more to do than an equal share, nor tiny tasks."""
    plan = plan_of(network(hg.Linear(784, 128), hg.ReLU(), hg.Linear(128, 10), shape=(28, 28)), 1000)
    first, last = (entry for entry in plan.build.programs[0].entries if entry.name == "linear_rows")
    tiles = ceil(1000 / images_in_tile(128, host()))
    done = [0] * threads
    for task in range(first.tasks):
        done[done.index(min(done))] += (task + 1) * tiles // first.tasks - task * tiles // first.tasks
    assert sum(done) == tiles
    assert max(done) < (1.01 if threads < 3 else 1.06) * tiles / threads
    assert 1000 * 128 * ceil(10 / host().lanes) / last.tasks > 2000


def test_weights_that_change_are_seen():
    net, x = network(hg.Linear(35, 10)), images(30)
    run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
    before = run.predict(x)
    net[1].weight.value[...] *= 2
    net[1].bias.value[...] += 1
    after = run.predict(x)
    np.testing.assert_allclose(after, exact(net, x), rtol=0, atol=5e-6)
    assert not np.allclose(before, after)
    run.train_step(x, np.zeros(30, int))
    np.testing.assert_allclose(run.predict(x), exact(net, x), rtol=0, atol=5e-6)


def test_images_and_the_result_are_the_callers_own():
    net, x = network(hg.Linear(35, 10)), images(30)
    plan, kept = plan_of(net, 30), x.copy()
    first = plan.predict(x)
    held = first.copy()
    plan.predict(2 * x)
    assert np.array_equal(x, kept)
    assert np.array_equal(first, held)


def test_outputs_with_more_axes():
    net = hg.Sequential([hg.Linear(7, 4), hg.ReLU()], seed=0, input_shape=(1, 7))
    x = np.random.default_rng(0).standard_normal((20, 1, 7), np.float32)
    assert isinstance(plan_of(net, 20), MatrixPlan)
    assert plan_of(net, 20).predict(x).shape == (20, 1, 4)


@pytest.mark.parametrize(
    "layers",
    [
        [hg.ReLU(), hg.Linear(35, 3)],
        [hg.Linear(35, 3), hg.Softmax()],
        [hg.Linear(35, 3), hg.ReLU(), hg.Tanh()],
        [hg.Linear(35, 3), hg.BatchNorm1d(3)],
        [],
    ],
    ids=repr,
)
def test_other_networks_go_into_blocks(layers: list[hg.Layer]):
    assert isinstance(plan_of(network(*layers), 50), PredictionPlan)


def test_too_few_images_go_into_blocks():
    net = network(hg.Linear(35, 3))
    steps = steps_of(nodes_of(net, (1, 5, 7)))
    assert steps is not None
    least = next(count for count in range(1, 50) if fits(steps, count, host()))
    assert isinstance(plan_of(net, least - 1), PredictionPlan)
    assert np.array_equal(plan_of(net, least).predict(images(least)), in_blocks(net, images(least)))
