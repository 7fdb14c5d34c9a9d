import numpy as np
import pytest

from handgrad.nn.parameter import Parameter
from handgrad.optim import SGD
from tests.optim.optimizer_cases import STEPS, make_inputs

INPUTS = make_inputs()


def path(optimizer, rates):
    parameters = {"w": Parameter(INPUTS["weight"])}
    state, values = optimizer.init(parameters), []
    for step, rate in enumerate(rates):
        optimizer.step(parameters, {"w": INPUTS["weight_gradients"][step]}, state, lr=rate)
        values.append(parameters["w"].value.copy())
    return np.array(values)


def test_the_three_forms_walk_one_path_while_the_rate_stays():
    rates = np.full(STEPS, 0.1)
    torch = path(SGD(momentum=0.9, weight_decay=0.05), rates)
    inside = path(SGD(momentum=0.9, weight_decay=0.05, momentum_form="rate_inside"), rates)
    average = path(SGD(momentum=0.9, weight_decay=0.05, momentum_form="average"), rates * 10)
    np.testing.assert_allclose(inside, torch, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(average, torch, rtol=1e-11, atol=1e-12)


def test_they_part_where_the_rate_changes():
    rates = np.linspace(0.1, 0.01, STEPS)
    torch = path(SGD(momentum=0.9), rates)
    assert np.abs(path(SGD(momentum=0.9, momentum_form="rate_inside"), rates) - torch).max() > 0.1
    average = path(SGD(momentum=0.9, momentum_form="average"), rates * 10)
    np.testing.assert_allclose(average, torch, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("form", ["torch", "rate_inside", "average"])
def test_without_momentum_there_is_one_formula_and_nothing_to_remember(form):
    optimizer = SGD(lr=0.5, momentum_form=form)
    parameters = {"w": Parameter(np.array([1.0, 2.0]))}
    state = optimizer.init(parameters)
    optimizer.step(parameters, {"w": np.array([1.0, -1.0])}, state)
    np.testing.assert_array_equal(parameters["w"].value, [0.5, 2.5])
    assert state.slots == {"w": {}}


def test_dampening_spares_the_first_gradient():
    optimizer, parameters = SGD(lr=1.0, momentum=0.5, dampening=0.75), {"w": Parameter(np.zeros(1))}
    state = optimizer.init(parameters)
    optimizer.step(parameters, {"w": np.array([4.0])}, state)
    assert state.slots["w"]["momentum_buffer"] == 4.0
    optimizer.step(parameters, {"w": np.array([4.0])}, state)
    assert state.slots["w"]["momentum_buffer"] == 0.5 * 4.0 + 0.25 * 4.0
    assert parameters["w"].value == -(4.0 + 3.0)
