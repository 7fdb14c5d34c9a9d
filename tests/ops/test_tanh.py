import numpy as np

from handgrad import ops


def test_no_number_overflows():
    x = np.array([-np.inf, -1e4, 0.0, 1e4, np.inf])
    y, cache = ops.tanh_forward(x)
    assert np.array_equal(y, [-1, -1, 0, 1, 1])
    assert np.array_equal(ops.tanh_backward(np.ones_like(x), cache), [0, 0, 1, 0, 0])


def test_it_is_a_sigmoid_stretched():
    x = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(ops.tanh_forward(x)[0], 2 * ops.sigmoid_forward(2 * x)[0] - 1, atol=1e-15)
