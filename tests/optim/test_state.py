import numpy as np
import pytest

from handgrad.errors import WeightsError
from handgrad.optim import AverageState, OptimizerState


def make(kind):
    if kind is OptimizerState:
        arrays = np.arange(3.0), np.arange(4, dtype=np.float32).reshape(2, 2)
        return OptimizerState(5, {"0.bias": {"exp_avg": arrays[0]}, "0.weight": {"exp_avg": arrays[1]}})
    return AverageState(5, {"0.bias": np.arange(3.0), "0.weight": np.zeros((2, 2), np.float32)})


def test_the_names_of_the_arrays():
    assert set(make(OptimizerState).to_arrays()) == {"0.bias/exp_avg", "0.weight/exp_avg", "step"}
    assert set(make(AverageState).to_arrays()) == {"0.bias/average", "0.weight/average", "updates"}


@pytest.mark.parametrize(("kind", "counter"), [(OptimizerState, "step"), (AverageState, "updates")])
class TestBothStates:
    def test_the_counter_is_an_int64(self, kind, counter):
        array = make(kind).to_arrays()[counter]
        assert (array.shape, array.dtype, int(array)) == ((), np.dtype(np.int64), 5)

    def test_arrays_are_copies(self, kind, counter):
        state = make(kind)
        arrays = state.to_arrays()
        for array in arrays.values():
            array[...] = 77
        assert all((array != 77).all() for array in state.to_arrays().values())

    def test_loading_writes_into_the_same_arrays(self, kind, counter):
        state, other = make(kind), make(kind)
        own = [array for _, array in state._entries()]
        arrays = {name: array + 1 for name, array in other.to_arrays().items()}
        arrays[counter] = np.array(9)
        state.load_arrays(arrays)
        assert [id(array) for _, array in state._entries()] == [id(array) for array in own]
        assert getattr(state, counter) == 9
        assert type(getattr(state, counter)) is int
        for name, array in state.to_arrays().items():
            np.testing.assert_array_equal(array, arrays[name])

    @pytest.mark.parametrize(
        "spoil", ["missing", "counter missing", "extra", "shape", "dtype", "below 0", "float"]
    )
    def test_what_does_not_fit_is_named_and_changes_nothing(self, kind, counter, spoil):
        state = make(kind)
        before, arrays = state.to_arrays(), make(kind).to_arrays()
        name = next(iter(arrays))
        arrays["0.weight/" + name.split("/")[1]][...] = 3.0  # would be seen, were it loaded
        match spoil:
            case "missing":
                del arrays[name]
                expected = f"{name} missing"
            case "counter missing":
                del arrays[counter]
                expected = f"{counter} missing"
            case "extra":
                arrays["2.weight/exp_avg"] = np.zeros(1)
                expected = "2.weight/exp_avg not known here"
            case "shape":
                arrays[name] = np.zeros((1,))
                expected = f"{name} float64(1,), not float64(3,)"
            case "dtype":
                arrays[name] = np.zeros((3,), np.float32)
                expected = f"{name} float32(3,), not float64(3,)"
            case "below 0":
                arrays[counter] = np.array(-1)
                expected = f"{counter} -1, below 0"
            case "float":
                arrays[counter] = np.array(1.0)
                expected = f"{counter} float64(), not int64()"
        with pytest.raises(WeightsError) as caught:
            state.load_arrays(arrays)
        assert caught.value.got == expected
        assert caught.value.hint
        for key, array in state.to_arrays().items():
            np.testing.assert_array_equal(array, before[key])

    def test_a_long_list_of_problems_is_cut(self, kind, counter):
        arrays = {**make(kind).to_arrays(), **{f"x{i}": np.zeros(1) for i in range(9)}}
        with pytest.raises(WeightsError, match=r"x0 not known here; .*x4 not known here; and 4 more\."):
            make(kind).load_arrays(arrays)
