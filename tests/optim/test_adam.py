import numpy as np

from handgrad.nn.parameter import Parameter
from handgrad.optim import Adam, AdamW


def after_one_step(optimizer, value, gradient):
    parameters = {"w": Parameter(np.array([value]))}
    state = optimizer.init(parameters)
    optimizer.step(parameters, {"w": np.array([gradient])}, state)
    return parameters["w"].value[0], state.slots["w"]


def test_adams_decay_goes_through_the_moments_and_adamws_does_not():
    value, slots = after_one_step(Adam(lr=0.5, weight_decay=0.25), 8.0, 0.0)
    assert np.isclose(value, 8.0 - 0.5)  # the gradient is 2, the first step is lr long
    assert slots["exp_avg"] != 0
    value, slots = after_one_step(AdamW(lr=0.5, weight_decay=0.25), 8.0, 0.0)
    assert value == 8.0 * (1 - 0.5 * 0.25)
    assert slots["exp_avg"] == 0


def test_a_gradient_that_is_always_zero_moves_nothing():
    assert after_one_step(Adam(lr=0.5), 1.0, 0.0)[0] == 1.0


def test_amsgrad_remembers_the_largest_square():
    optimizer, parameters = Adam(lr=0.5, betas=(0.0, 0.5), amsgrad=True), {"w": Parameter(np.zeros(1))}
    state = optimizer.init(parameters)
    for gradient in (2.0, 0.0, 0.0):
        optimizer.step(parameters, {"w": np.array([gradient])}, state)
    assert state.slots["w"]["exp_avg_sq"] == 0.5
    assert state.slots["w"]["max_exp_avg_sq"] == 2.0
