import numpy as np
import pytest

from handgrad import ops


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_number_overflows(dtype):
    """An overflow would be a warning, and warnings are errors here."""
    x = np.array([-np.inf, np.finfo(dtype).min, -1e4, 0, 1e4, np.finfo(dtype).max, np.inf], dtype=dtype)
    y, cache = ops.sigmoid_forward(x)
    assert np.array_equal(y, [0, 0, 0, 0.5, 1, 1, 1])
    assert np.array_equal(ops.sigmoid_backward(np.ones_like(x), cache), [0, 0, 0, 0.25, 0, 0, 0])


def test_far_below_zero_it_is_the_exponential():
    """To the last digits, where 1 - sigmoid(-x) would have none left."""
    x = np.array([-40.0, -300.0, -700.0])
    np.testing.assert_allclose(ops.sigmoid_forward(x)[0], np.exp(x), rtol=1e-15)


def test_a_nan_is_seen_at_the_output():
    assert np.isnan(ops.sigmoid_forward(np.array([np.nan]))[0]).all()
