import numpy as np

from handgrad import ops


def test_the_gradient_at_zero_is_zero():
    y, cache = ops.relu_forward(np.array([-0.0, 0.0, np.nextafter(0, 1)]))
    assert np.array_equal(y, [0, 0, np.nextafter(0, 1)])
    assert np.array_equal(ops.relu_backward(np.full(3, 5.0), cache), [0, 0, 5])


def test_an_infinite_gradient_is_stopped_where_x_is_negative():
    _, cache = ops.relu_forward(np.array([-1.0, 1.0]))
    assert np.array_equal(ops.relu_backward(np.array([np.inf, np.inf]), cache), [0, np.inf])


def test_a_nan_is_seen_at_the_output():
    assert np.isnan(ops.relu_forward(np.array([np.nan]))[0]).all()
