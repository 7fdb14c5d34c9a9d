import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ShapeError


def test_further_axes_count_as_batch():
    rng = np.random.default_rng(0)
    x, weight, bias = (
        rng.integers(-9, 10, (2, 3, 4)) * 1.0,
        rng.integers(-9, 10, (5, 4)) * 1.0,
        np.arange(5.0),
    )
    y, cache = ops.linear_forward(x, weight, bias)
    flat_y, flat_cache = ops.linear_forward(x.reshape(6, 4), weight, bias)
    assert np.array_equal(y.reshape(6, 5), flat_y)
    dx, *gradients = ops.linear_backward(y, cache)
    flat_dx, *flat_gradients = ops.linear_backward(flat_y, flat_cache)
    assert np.array_equal(dx.reshape(6, 4), flat_dx)
    assert all(map(np.array_equal, gradients, flat_gradients))


def test_no_images_give_no_outputs_and_no_gradient():
    y, cache = ops.linear_forward(np.zeros((0, 3)), np.ones((2, 3)), np.ones(2))
    dx, dweight, dbias = ops.linear_backward(y, cache)
    assert (y.shape, dx.shape, dweight.shape, dbias.shape) == ((0, 2), (0, 3), (2, 3), (2,))
    assert not dweight.any()


@pytest.mark.parametrize(
    ("x", "weight", "bias", "words"),
    [
        ((2, 4), (3, 5), None, r"x of shape \(N, 5\), got \(2, 4\)\.$"),
        (
            (2, 5, 1, 1),
            (3, 5),
            None,
            r"x of shape \(N, 5\), got \(2, 5, 1, 1\)\. Hint: put Flatten\(\) before",
        ),
        ((5,), (3, 5), None, r"x of shape \(N, 5\), got \(5,\)\.$"),
        ((2, 5), (5,), None, r"weight of shape \(O, I\), got \(5,\)"),
        ((2, 5), (3, 5, 1), None, r"weight of shape \(O, I\), got \(3, 5, 1\)"),
        ((2, 5), (3, 5), (5,), r"bias of shape \(3,\), got \(5,\)"),
        ((2, 5), (3, 5), (1, 3), r"bias of shape \(3,\), got \(1, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused(x, weight, bias, words):
    with pytest.raises(ShapeError, match="^linear: expected " + words):
        ops.linear_forward(np.zeros(x), np.zeros(weight), None if bias is None else np.zeros(bias))
