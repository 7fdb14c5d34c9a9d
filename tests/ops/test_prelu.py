import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ShapeError


def test_the_gradient_at_zero_is_the_slope():
    """As in PyTorch; the slope's own gradient there is dy · 0."""
    _, cache = ops.prelu_forward(np.zeros((1, 1)), np.array([0.25]))
    dx, dweight = ops.prelu_backward(np.array([[8.0]]), cache)
    assert (dx.item(), dweight.item()) == (2, 0)


def test_a_vector_may_have_one_slope():
    y, cache = ops.prelu_forward(np.array([-4.0, 2.0]), np.array([0.25]))
    assert np.array_equal(y, [-1, 2])
    dx, dweight = ops.prelu_backward(np.ones(2), cache)
    assert np.array_equal(dx, [0.25, 1])
    assert np.array_equal(dweight, [-4])


@pytest.mark.parametrize(
    ("x", "weight", "words"),
    [
        ((2, 3), (2,), r"weight of shape \(1,\) or \(3,\), got \(2,\)"),
        ((2, 3, 4, 4), (4,), r"weight of shape \(1,\) or \(3,\), got \(4,\)"),
        ((2, 3), (3, 1), r"weight of shape \(1,\) or \(3,\), got \(3, 1\)"),
        ((3,), (3,), r"weight of shape \(1,\) or \(1,\), got \(3,\)"),
        ((2, 3), (), r"weight of shape \(1,\) or \(3,\), got \(\)"),
    ],
)
def test_slopes_that_do_not_fit_are_refused(x, weight, words):
    with pytest.raises(ShapeError, match="^prelu: expected " + words):
        ops.prelu_forward(np.zeros(x), np.zeros(weight))
