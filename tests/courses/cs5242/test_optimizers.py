"""`optimizers` of the course beside their formulas, written out here with plain numbers."""

import math

import numpy as np
import pytest

from handgrad.courses.cs5242 import SGD, Adagrad, Adam, Optimizer, RMSprop
from handgrad.errors import ArgumentError, ShapeError

GRADIENTS = [0.5, -1.0, 0.25, 2.0, 0.0]
START = 1.5


def path(optimizer: Optimizer) -> list[float]:
    params, values = {"layer-0th:fc/weights": np.array([START])}, []
    for iteration, gradient in enumerate(GRADIENTS):
        params = optimizer.update(params, {"layer-0th:fc/weights": np.array([gradient])}, iteration)
        values.append(float(params["layer-0th:fc/weights"][0]))
    return values


def by_hand(step) -> list[float]:
    w, memory, values = START, {"m": 0.0, "v": 0.0}, []
    for t, g in enumerate(GRADIENTS, 1):
        w -= step(memory, g, t)
        values.append(w)
    return values


def momentum(memory, g, t):
    memory["m"] = 0.9 * memory["m"] + g
    return 0.1 * memory["m"]


def adam(memory, g, t):
    memory["m"] = 0.8 * memory["m"] + 0.2 * g
    memory["v"] = 0.95 * memory["v"] + 0.05 * g * g
    return 0.1 * memory["m"] / (1 - 0.8**t) / (math.sqrt(memory["v"] / (1 - 0.95**t)) + 1e-3)


def rmsprop(memory, g, t):
    memory["v"] = 0.9 * memory["v"] + 0.1 * g * g
    return 0.1 * g / (math.sqrt(memory["v"]) + 1e-8)


def adagrad(memory, g, t):
    memory["v"] += g * g
    return 0.1 * g / (math.sqrt(memory["v"]) + 1e-8)


@pytest.mark.parametrize(
    ("optimizer", "step"),
    [
        (SGD(lr=0.1), lambda memory, g, t: 0.1 * g),
        (SGD(lr=0.1, momentum=0.9), momentum),
        (Adam(lr=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3), adam),
        (RMSprop(lr=0.1), rmsprop),
        (Adagrad(lr=0.1), adagrad),
    ],
    ids=["SGD", "momentum", "Adam", "RMSprop", "Adagrad"],
)
def test_updates_are_their_formulas(optimizer, step):
    np.testing.assert_allclose(path(optimizer), by_hand(step), rtol=1e-12)


def test_defaults():
    assert (SGD().lr, SGD().momentum, SGD().decay) == (0.01, 0, 0)
    adam = Adam()
    assert (adam.lr, adam.beta_1, adam.beta_2, adam.epsilon, adam.decay) == (0.001, 0.9, 0.999, 1e-8, 0)
    assert SGD().moments is None
    assert Adam().moments is None
    assert Adam().accumulators is None


def test_nothing_that_is_handed_in_changes():
    optimizer = Adam()
    params, grads = {"w": np.ones(3), "b": np.zeros(1)}, {"w": np.arange(3.0), "b": np.ones(1)}
    new = optimizer.update(params, grads, 0)
    np.testing.assert_array_equal(params["w"], np.ones(3))
    np.testing.assert_array_equal(grads["w"], np.arange(3.0))
    assert list(new) == ["w", "b"]
    assert new["w"].dtype == np.float64
    np.testing.assert_allclose(optimizer.moments["w"], [0, 0.1, 0.2])
    np.testing.assert_allclose(optimizer.accumulators["w"], [0, 0.001, 0.004])


@pytest.mark.parametrize("spelling", ["sheduler_func", "scheduler_func"])
def test_the_scheduler_changes_the_rate_for_good_at_iteration_0_too(spelling):
    def halve(lr, iteration):
        return lr * 0.5 if iteration % 1000 == 0 else lr

    for kind in (SGD, Adam, RMSprop, Adagrad):
        optimizer, rates = kind(lr=1.0, **{spelling: halve}), []
        for iteration in (0, 1, 999, 1000, 1001, 2000):
            optimizer.update({"w": np.ones(1)}, {"w": np.ones(1)}, iteration)
            rates.append(optimizer.lr)
        assert rates == [0.5, 0.5, 0.5, 0.25, 0.25, 0.125]


def test_the_new_rate_is_used_in_the_same_update():
    optimizer = SGD(lr=1.0, sheduler_func=lambda lr, iteration: lr / 4)
    assert optimizer.update({"w": np.ones(1)}, {"w": np.ones(1)}, 0)["w"] == 0.75


def test_decay_accumulates_before_the_scheduler():
    optimizer = SGD(lr=1.0, decay=0.5, sheduler_func=lambda lr, iteration: lr + 1)
    rates = []
    for iteration in range(3):
        optimizer.update({}, {}, iteration)
        rates.append(optimizer.lr)
    assert rates == [2.0, 2 / 1.5 + 1, (2 / 1.5 + 1) / 2 + 1]


def test_what_does_not_fit():
    with pytest.raises(ArgumentError, match="one of them"):
        SGD(sheduler_func=lambda lr, i: lr, scheduler_func=lambda lr, i: lr)
    with pytest.raises(ArgumentError, match="gradient for w"):
        SGD().update({"w": np.ones(1)}, {}, 0)
    with pytest.raises(ShapeError, match="gradient of w"):
        SGD().update({"w": np.ones(1)}, {"w": np.ones(2)}, 0)
    with pytest.raises(NotImplementedError):
        Optimizer(lr=1.0).update({}, {}, 0)
