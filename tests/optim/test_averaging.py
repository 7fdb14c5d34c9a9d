import numpy as np
import pytest

from handgrad.errors import ArgumentError
from handgrad.nn.parameter import Parameter
from handgrad.optim import ExponentialMovingAverage, StochasticWeightAverage

BOTH = [ExponentialMovingAverage(0.75), StochasticWeightAverage(start=2, every=3)]


def make_parameters(dtype="float64"):
    rng = np.random.default_rng(5)
    shapes = {"0.weight": (3, 4), "0.bias": (3,)}
    return {name: Parameter(rng.normal(size=shape).astype(dtype)) for name, shape in shapes.items()}


def walk(average, steps, dtype="float64"):
    """Parameters on a random walk, the state of their average, and every value that they had."""
    parameters, rng, history = make_parameters(dtype), np.random.default_rng(6), []
    state = average.init(parameters)
    for _ in range(steps):
        for parameter in parameters.values():
            parameter.value[...] += rng.normal(size=parameter.value.shape)
        average.update(parameters, state)
        history.append(parameters["0.weight"].value.copy())
    return parameters, state, history


def test_the_moving_average_is_its_sum():
    _, state, history = walk(ExponentialMovingAverage(0.75), 6)
    weights = [0.75**5, *[0.25 * 0.75 ** (5 - i) for i in range(1, 6)]]  # the first is copied whole
    assert sum(weights) == pytest.approx(1.0)
    expected = sum(weight * value for weight, value in zip(weights, history, strict=True))
    np.testing.assert_allclose(state.averages["0.weight"], expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("start", "every", "steps", "counted"),
    [(0, 1, 5, [0, 1, 2, 3, 4]), (2, 1, 5, [2, 3, 4]), (1, 3, 9, [1, 4, 7]), (0, 2, 4, [0, 2])],
)
def test_the_plain_average_is_the_mean_of_those_that_count(start, every, steps, counted):
    _, state, history = walk(StochasticWeightAverage(start, every), steps)
    expected = np.mean([history[i] for i in counted], axis=0)
    np.testing.assert_allclose(state.averages["0.weight"], expected, rtol=1e-13)


def test_before_it_begins_the_average_is_the_present_weights():
    _, state, history = walk(StochasticWeightAverage(start=10), 4)
    np.testing.assert_array_equal(state.averages["0.weight"], history[-1])


@pytest.mark.parametrize("average", BOTH)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inside_the_block_the_parameters_are_averaged_and_afterwards_their_own(average, dtype):
    parameters, state, _ = walk(average, 7, dtype)
    arrays = {name: parameter.value for name, parameter in parameters.items()}
    before, averages = ({n: a.tobytes() for n, a in d.items()} for d in (arrays, state.averages))
    assert before != averages
    with average.averaged(parameters, state):
        for name, parameter in parameters.items():
            assert parameter.value is arrays[name]
            assert parameter.value.dtype == dtype
            assert parameter.value.tobytes() == averages[name]
        arrays["0.bias"][:] = 0  # lost on the way out
    assert {name: array.tobytes() for name, array in arrays.items()} == before
    assert {name: array.tobytes() for name, array in state.averages.items()} == averages


@pytest.mark.parametrize("average", BOTH)
def test_the_parameters_come_back_when_the_block_raises(average):
    parameters, state, _ = walk(average, 7)
    parameters["0.weight"].value[0, :2] = [np.nan, -0.0]
    before = {name: parameter.value.tobytes() for name, parameter in parameters.items()}

    def interrupted():
        with average.averaged(parameters, state):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {name: parameter.value.tobytes() for name, parameter in parameters.items()} == before


@pytest.mark.parametrize("average", BOTH)
def test_a_saved_average_continues_bit_for_bit(average):
    parameters, state, _ = walk(average, 4)
    copy = average.init(make_parameters())
    copy.load_arrays(state.to_arrays())
    for _ in range(5):
        parameters["0.weight"].value[...] *= 1.1
        average.update(parameters, state)
        average.update(parameters, copy)
    assert state.updates == copy.updates == 9
    assert state.averages["0.weight"].tobytes() == copy.averages["0.weight"].tobytes()


@pytest.mark.parametrize("average", BOTH)
@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_parameters_of_another_network_are_refused(average, change):
    parameters, state, _ = walk(average, 3)
    before = {name: array.tobytes() for name, array in state.to_arrays().items()}
    if change == "missing":
        del parameters["0.bias"]
    elif change == "extra":
        parameters["2.bias"] = Parameter(np.zeros(2))
    else:
        parameters["0.bias"] = Parameter(np.zeros(1))
    with pytest.raises(ArgumentError, match=r"\d\.bias"):
        average.update(parameters, state)
    with pytest.raises(ArgumentError, match=r"\d\.bias"), average.averaged(parameters, state):
        pass
    assert {name: array.tobytes() for name, array in state.to_arrays().items()} == before


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["ema", "swa"])
def test_the_averages_as_pytorch(kind):
    torch = pytest.importorskip("torch")
    swa_utils = pytest.importorskip("torch.optim.swa_utils")
    options = {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.9)} if kind == "ema" else {}
    average = ExponentialMovingAverage(0.9) if kind == "ema" else StochasticWeightAverage()
    model = torch.nn.Linear(4, 3).double()
    twin, parameters = swa_utils.AveragedModel(model, **options), make_parameters()
    state, rng = average.init(parameters), np.random.default_rng(7)
    for _ in range(12):
        for name, parameter in parameters.items():
            parameter.value[...] += rng.normal(size=parameter.value.shape)
            getattr(model, name.removeprefix("0.")).data = torch.tensor(parameter.value)
        twin.update_parameters(model)
        average.update(parameters, state)
        for name, own in state.averages.items():
            expected = getattr(twin.module, name.removeprefix("0.")).detach().numpy()
            np.testing.assert_allclose(own, expected, rtol=1e-12, atol=1e-14)
