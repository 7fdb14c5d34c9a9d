import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

import handgrad.optim as optim
from handgrad.errors import ArgumentError, ShapeError
from handgrad.nn.parameter import Parameter
from tests.optim.optimizer_cases import (
    CASES,
    STEPS,
    gradients_at,
    make_inputs,
    make_optimizer,
    make_parameters,
)

INPUTS = make_inputs()


def values(parameters):
    return {name: parameter.value.copy() for name, parameter in parameters.items()}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_everything_stays_in_place_and_in_its_dtype(case, dtype):
    kind, shared, own = CASES[case]
    numpy_scalars = {k: np.float64(v) if isinstance(v, float) else v for k, v in {**shared, **own}.items()}
    optimizer = getattr(optim, kind)(**numpy_scalars)
    parameters = make_parameters(INPUTS, dtype)
    state = optimizer.init(parameters)
    before = {name: parameter.value for name, parameter in parameters.items()}
    slots = {name: dict(arrays) for name, arrays in state.slots.items()}
    first = values(parameters)
    for step in range(3):
        optimizer.step(parameters, gradients_at(INPUTS, step, "float64"), state, lr=np.float64(0.1))
    assert state.step == 3
    for name, parameter in parameters.items():
        assert parameter.value is before[name]
        assert parameter.value.dtype == dtype
        assert (parameter.value != first[name]).any()
        for slot, array in state.slots[name].items():
            assert array is slots[name][slot]
            assert (array.dtype, array.shape) == (np.dtype(dtype), parameter.value.shape)


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_not_modified(case):
    optimizer, parameters = make_optimizer(case), make_parameters(INPUTS, "float64")
    gradients = gradients_at(INPUTS, 0, "float64")
    copies = {name: gradient.copy() for name, gradient in gradients.items()}
    for gradient in gradients.values():
        gradient.flags.writeable = False
    optimizer.step(parameters, gradients, optimizer.init(parameters))
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, copies[name])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_state_continues_bit_for_bit(case, dtype):
    optimizer, straight = make_optimizer(case), make_parameters(INPUTS, dtype)
    state = optimizer.init(straight)
    for step in range(7):
        optimizer.step(straight, gradients_at(INPUTS, step, dtype), state)
    saved, resumed = state.to_arrays(), make_parameters(values(straight), dtype)
    for step in range(7, STEPS):
        optimizer.step(straight, gradients_at(INPUTS, step, dtype), state)

    new_state = optimizer.init(resumed)
    new_state.load_arrays(saved)
    for step in range(7, STEPS):
        optimizer.step(resumed, gradients_at(INPUTS, step, dtype), new_state)
    for name in straight:
        assert straight[name].value.tobytes() == resumed[name].value.tobytes()
    ends = state.to_arrays(), new_state.to_arrays()
    assert {k: v.tobytes() for k, v in ends[0].items()} == {k: v.tobytes() for k, v in ends[1].items()}


@pytest.mark.parametrize("case", CASES)
def test_views_and_single_numbers_are_parameters_like_others(case):
    optimizer, parameters = make_optimizer(case), make_parameters(INPUTS, "float32")
    turned = {
        "weight": SimpleNamespace(value=np.asfortranarray(parameters["weight"].value)[::-1], is_bias=False),
        "scalar": SimpleNamespace(value=np.array(INPUTS["weight"][0, 1], np.float32), is_bias=False),
    }
    gradient = gradients_at(INPUTS, 0, "float32")["weight"]
    state, turned_state = optimizer.init(parameters), optimizer.init(turned)
    for _ in range(3):
        optimizer.step({"weight": parameters["weight"]}, {"weight": gradient}, state)
        optimizer.step(turned, {"weight": gradient[::-1], "scalar": gradient[0, 1]}, turned_state)
    np.testing.assert_array_equal(turned["weight"].value[::-1], parameters["weight"].value)
    assert turned["scalar"].value.dtype == np.float32
    np.testing.assert_allclose(turned["scalar"].value, parameters["weight"].value[0, 1], rtol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_a_float64_gradient_is_rounded_before_it_is_used(case):
    ends = []
    for dtype in ("float32", "float64"):
        optimizer, parameters = make_optimizer(case), make_parameters(INPUTS, "float32")
        state = optimizer.init(parameters)
        for step in range(STEPS):
            optimizer.step(parameters, gradients_at(INPUTS, step, dtype), state)
        ends.append({name: value.tobytes() for name, value in values(parameters).items()})
    assert ends[0] == ends[1]


def test_what_is_left_out_is_frozen():
    optimizer, parameters = optim.Adam(lr=0.1), make_parameters(INPUTS, "float64")
    state, first = optimizer.init(parameters), values(parameters)
    optimizer.step({"bias": parameters["bias"]}, gradients_at(INPUTS, 0, "float64"), state)
    np.testing.assert_array_equal(parameters["weight"].value, first["weight"])
    assert not state.slots["weight"]["exp_avg"].any()
    assert (parameters["bias"].value != first["bias"]).all()


def test_a_parameters_own_rate_is_used_where_no_rate_is_given():
    paths = []
    for lr in (None, 0.25):
        parameters = {"w": Parameter(np.zeros(1))}
        optimizer = optim.SGD(lr=0.25)
        optimizer.step(parameters, {"w": np.ones(1)}, optimizer.init(parameters), lr=lr)
        paths.append(parameters["w"].value[0])
    assert paths == [-0.25, -0.25]


def test_the_configuration_cannot_be_changed_and_compares_by_value():
    optimizer = optim.SGD(lr=1, momentum=0.5)
    assert optimizer == optim.SGD(lr=1.0, momentum=np.float32(0.5))
    assert hash(optimizer) == hash(optim.SGD(1.0, 0.5))
    assert type(optimizer.lr) is float
    with pytest.raises(dataclasses.FrozenInstanceError):
        optimizer.lr = 2.0


def failing_step(gradients=None, state=None, lr=None):
    """A step whose first parameter is in order, and what it raised; nothing may have changed."""
    optimizer, parameters = optim.Adam(), make_parameters(INPUTS, "float64")
    state = optimizer.init(parameters) if state is None else state
    before, slots, steps = values(parameters), state.to_arrays(), state.step
    with pytest.raises((ArgumentError, ShapeError)) as caught:
        optimizer.step(
            parameters, gradients_at(INPUTS, 0, "float64") if gradients is None else gradients, state, lr=lr
        )
    assert state.step == steps
    for name, parameter in parameters.items():
        np.testing.assert_array_equal(parameter.value, before[name])
    for name, array in state.to_arrays().items():
        np.testing.assert_array_equal(array, slots[name])
    assert caught.value.where == "Adam.step"
    assert caught.value.hint
    return caught.value


def test_a_missing_gradient_is_named():
    error = failing_step(gradients={"weight": np.zeros((3, 4))})
    assert (error.expected, error.got) == ("a gradient for bias", "none")


@pytest.mark.parametrize("shape", [(), (1,), (3, 1), (1, 3)])
def test_a_gradient_that_would_broadcast_is_refused(shape):
    error = failing_step(gradients={"weight": np.zeros((3, 4)), "bias": np.zeros(shape)})
    assert isinstance(error, ShapeError)
    assert str(error).startswith(f"Adam.step: expected a gradient of bias of shape (3,), got {shape}.")


@pytest.mark.parametrize("lr", [-0.1, np.nan, np.inf])
def test_a_rate_that_is_none_is_refused(lr):
    assert failing_step(lr=lr).got == str(lr)


def test_the_state_of_another_optimizer_or_network_is_refused():
    parameters = make_parameters(INPUTS, "float64")
    assert "'momentum_buffer': (3, 4)" in failing_step(state=optim.SGD(momentum=0.9).init(parameters)).got
    assert failing_step(state=optim.SGD().init(parameters)).got == "the slots {}"
    del parameters["bias"]
    assert failing_step(state=optim.Adam().init(parameters)).got == "a state without bias"
    parameters["bias"] = Parameter(np.zeros(4))
    assert "(4,)" in failing_step(state=optim.Adam().init(parameters)).got
