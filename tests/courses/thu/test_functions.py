"""Convolution and pooling of the course, beside nested loops and central differences."""

import numpy as np
import pytest

from handgrad.courses.thu.functions import (
    avgpool2d_backward,
    avgpool2d_forward,
    conv2d_backward,
    conv2d_forward,
)
from handgrad.errors import ShapeError
from tests.courses.thu import loops

GEOMETRIES = [(1, 1, 3, 1), (2, 3, 5, 2), (3, 2, 2, 0), (2, 2, 1, 0)]  # c_in, c_out, k, pad


def arrays(c_in: int, c_out: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(c_in * 100 + c_out * 10 + k)
    return (
        rng.standard_normal((2, c_in, 5, 6)),
        rng.standard_normal((c_out, c_in, k, k)),
        rng.standard_normal(c_out),
    )


@pytest.mark.parametrize(("c_in", "c_out", "k", "pad"), GEOMETRIES)
def test_convolution_is_that_of_the_loops(c_in, c_out, k, pad):
    x, W, b = arrays(c_in, c_out, k)
    before = [array.copy() for array in (x, W, b)]
    y = conv2d_forward(x, W, b, k, pad)
    np.testing.assert_allclose(y, loops.convolution(x, W, b, pad), rtol=1e-12, atol=1e-12)
    assert y.dtype == np.float64
    assert y.shape == (2, c_out, 5 + 2 * pad - k + 1, 6 + 2 * pad - k + 1)
    assert all(np.array_equal(a, b) for a, b in zip((x, W, b), before, strict=True))


@pytest.mark.parametrize(("c_in", "c_out", "k", "pad"), GEOMETRIES)
def test_the_gradients_of_convolution_are_the_slopes_of_the_loops(c_in, c_out, k, pad):
    x, W, b = arrays(c_in, c_out, k)
    dy = np.random.default_rng(1).standard_normal(loops.convolution(x, W, b, pad).shape)
    before = dy.copy()
    grad_input, grad_W, grad_b = conv2d_backward(x, dy, W, b, k, pad)
    np.testing.assert_allclose(
        grad_input, loops.slope(lambda a: (loops.convolution(a, W, b, pad) * dy).sum(), x), atol=1e-7
    )
    np.testing.assert_allclose(
        grad_W, loops.slope(lambda a: (loops.convolution(x, a, b, pad) * dy).sum(), W), atol=1e-7
    )
    np.testing.assert_allclose(grad_b, dy.sum(axis=(0, 2, 3)))
    assert np.array_equal(dy, before)


@pytest.mark.parametrize(("k", "pad"), [(2, 0), (3, 0), (2, 1), (2, 2), (1, 0)])
def test_pooling_is_that_of_the_loops_and_its_gradient_their_slope(k, pad):
    x = np.random.default_rng(k).standard_normal((2, 3, 6, 4))
    before = x.copy()
    y = avgpool2d_forward(x, k, pad)
    np.testing.assert_allclose(y, loops.average(x, k, pad), rtol=1e-12, atol=1e-12)
    dy = np.random.default_rng(2).standard_normal(y.shape)
    grad = avgpool2d_backward(x, dy, k, pad)
    np.testing.assert_allclose(
        grad, loops.slope(lambda a: (loops.average(a, k, pad) * dy).sum(), x), atol=1e-7
    )
    assert grad.shape == x.shape
    assert np.array_equal(x, before)


def test_pixels_that_fill_no_window_are_left_out_and_get_no_gradient():
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    assert avgpool2d_forward(x, 2, 0)[0, 0].tolist() == [[3.0, 5.0], [13.0, 15.0]]
    grad = avgpool2d_backward(x, np.ones((1, 1, 2, 2)), 2, 0)
    assert grad[0, 0, 4].tolist() == [0.0] * 5
    assert grad[0, 0, :, 4].tolist() == [0.0] * 5


def test_whole_numbers_become_float64():
    x, W = np.arange(16).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2), int)
    assert avgpool2d_forward(x, 2, 0)[0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert conv2d_forward(x, W, np.zeros(1, int), 2, 0).dtype == np.float64


def test_arrays_that_lie_in_another_order_give_the_same():
    x, W, b = arrays(2, 3, 3)
    turned = np.asfortranarray(x)
    assert np.array_equal(conv2d_forward(turned, W, b, 3, 1), conv2d_forward(x, W, b, 3, 1))
    assert np.array_equal(
        avgpool2d_forward(x[:, :, ::-1], 2, 0), avgpool2d_forward(x[:, :, ::-1].copy(), 2, 0)
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input": np.zeros((28, 28))}, "n x c_in x h_in x w_in"),
        ({"W": np.zeros((2, 9))}, "c_out x c_in x k x k"),
        ({"W": np.zeros((3, 1, 3, 3))}, r"c_out x c_in x k x k = \(3, 2, 3, 3\)"),
        ({"kernel_size": 5}, r"\(3, 2, 5, 5\)"),
        ({"b": np.zeros((1, 3))}, r"c_out = \(3,\)"),
        ({"pad": 0, "input": np.zeros((1, 2, 2, 2))}, "3 x 3"),
    ],
)
def test_a_wrong_shape_is_told_in_the_words_of_the_course(change, words):
    x, W, b = arrays(2, 3, 3)
    arguments = {"input": x, "W": W, "b": b, "kernel_size": 3, "pad": 1} | change
    with pytest.raises(ShapeError, match=words):
        conv2d_forward(**arguments)


def test_a_gradient_of_another_shape_is_refused():
    x, W, b = arrays(2, 3, 3)
    with pytest.raises(ShapeError, match=r"n x c_out x h_out x w_out = \(2, 3, 5, 6\)"):
        conv2d_backward(x, np.zeros((2, 3, 1, 6)), W, b, 3, 1)
    with pytest.raises(ShapeError, match=r"n x c_in x h_out x w_out = \(2, 2, 2, 3\)"):
        avgpool2d_backward(x, np.zeros((2, 2, 5, 6)), 2, 0)
    with pytest.raises(ShapeError, match="n x c_in x h_in x w_in"):
        avgpool2d_forward(x[0], 2, 0)
