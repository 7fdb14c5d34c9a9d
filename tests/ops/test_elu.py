import math

import numpy as np

from handgrad import ops


def test_large_numbers_do_not_overflow():
    x = np.array([-1e4, 1e4])
    y, cache = ops.elu_forward(x, alpha=0.5)
    assert np.array_equal(y, [-0.5, 1e4])
    assert np.array_equal(ops.elu_backward(np.ones(2), cache), [0, 1])


def test_near_zero_no_digit_is_lost():
    """e^x - 1 would keep six of them at x = -1e-10."""
    y, _ = ops.elu_forward(np.array([-1e-10]))
    assert math.isclose(y.item(), -1e-10 + 0.5e-20, rel_tol=1e-15)


def test_the_gradient_at_zero_is_alpha():
    """The slope from the left, as in PyTorch."""
    _, cache = ops.elu_forward(np.zeros(1), alpha=0.5)
    assert ops.elu_backward(np.ones(1), cache).item() == 0.5
