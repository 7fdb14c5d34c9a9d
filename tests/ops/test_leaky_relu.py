import numpy as np
import pytest

from handgrad import ops


def test_the_gradient_at_zero_is_the_slope():
    """As in PyTorch."""
    y, cache = ops.leaky_relu_forward(np.zeros(2), negative_slope=0.25)
    assert not y.any()
    assert np.array_equal(ops.leaky_relu_backward(np.array([4.0, -8.0]), cache), [1, -2])


@pytest.mark.parametrize("slope", [0.0, 0.01, 1.0, -0.5, 2.0])
def test_any_slope(slope):
    """Also such as make of max(x, slope x) something else."""
    y, cache = ops.leaky_relu_forward(np.array([-2.0, 3.0]), slope)
    assert np.array_equal(y, [-2 * slope, 3])
    assert np.array_equal(ops.leaky_relu_backward(np.array([10.0, 10.0]), cache), [10 * slope, 10])
