"""`functions` of the course: convolution and average-pooling, forward and backward."""

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.thu.shapes import INPUT, WEIGHTS, four, require_shape
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops.conv2d import Conv2dCache

__all__ = ["avgpool2d_backward", "avgpool2d_forward", "conv2d_backward", "conv2d_forward"]


def conv2d_forward(input: AnyArray, W: AnyArray, b: AnyArray, kernel_size: int, pad: int) -> Array:
    """The convolution of the course (cross-correlation, stride 1), its Algorithm 1.

    Arguments:
        input: n x c_in x h_in x w_in.
        W: c_out x c_in x k x k.
        b: c_out.
        kernel_size: k.
        pad: zeros added on every side.

    Returns:
        n x c_out x h_out x w_out, with h_out = h_in + 2 pad - k + 1.

    Raises:
        ShapeError: one of the arrays has another shape.

    Example:
        >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
        >>> conv2d_forward(x, np.ones((1, 1, 2, 2)), np.zeros(1), kernel_size=2, pad=0)[0, 0]
        array([[ 8., 12.],
               [20., 24.]])
    """
    return conv2d("conv2d_forward", input, W, b, kernel_size, pad)[0]


def conv2d_backward(
    input: AnyArray, grad_output: AnyArray, W: AnyArray, b: AnyArray, kernel_size: int, pad: int
) -> tuple[Array, Array, Array]:
    """The gradients of the convolution; sums over the n samples, whose mean the loss has already taken.

    Arguments:
        input, W, b, kernel_size, pad: as `conv2d_forward` had them.
        grad_output: n x c_out x h_out x w_out.

    Returns:
        grad_input, grad_W and grad_b, shaped as input, W and b.

    Raises:
        ShapeError: one of the arrays has another shape.

    Example:
        >>> x, W, b = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.zeros(1)
        >>> [gradient.tolist() for gradient in conv2d_backward(x, np.ones((1, 1, 2, 2)), W, b, 2, 0)[1:]]
        [[[[[4.0, 4.0], [4.0, 4.0]]]], [4.0]]
    """
    return conv2d_gradients(
        "conv2d_backward", grad_output, conv2d("conv2d_backward", input, W, b, kernel_size, pad)
    )


def avgpool2d_forward(input: AnyArray, kernel_size: int, pad: int) -> Array:
    """Average-pooling with windows side by side (stride = kernel_size); padded zeros count in the mean.

    Arguments:
        input: n x c_in x h_in x w_in.
        kernel_size: of the window.
        pad: zeros added on every side.

    Returns:
        n x c_in x h_out x w_out, with h_out = (h_in + 2 pad) / kernel_size, rounded down.

    Raises:
        ShapeError: input has another shape, or the window does not fit into it.

    Example:
        >>> avgpool2d_forward(np.arange(16.0).reshape(1, 1, 4, 4), 2, 0)[0, 0]
        array([[ 2.5,  4.5],
               [10.5, 12.5]])
    """
    input = four("avgpool2d_forward", "input", input, INPUT)
    return ops.avg_pool2d_forward(_padded(input, pad), kernel_size)[0]


def avgpool2d_backward(input: AnyArray, grad_output: AnyArray, kernel_size: int, pad: int) -> Array:
    """The gradient of average-pooling: each window's share, spread evenly over its pixels.

    Arguments:
        input, kernel_size, pad: as `avgpool2d_forward` had them.
        grad_output: n x c_in x h_out x w_out.

    Returns:
        grad_input, shaped as input.

    Raises:
        ShapeError: one of the arrays has another shape.

    Example:
        >>> avgpool2d_backward(np.zeros((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), 2, 0)[0, 0]
        array([[0.25, 0.25],
               [0.25, 0.25]])
    """
    input = four("avgpool2d_backward", "input", input, INPUT)
    output, cache = ops.avg_pool2d_forward(_padded(input, pad), kernel_size)
    words = "n x c_in x h_out x w_out"
    grad_output = require_shape("avgpool2d_backward", "grad_output", grad_output, output.shape, words)
    grad = ops.avg_pool2d_backward(grad_output, cache)
    return np.ascontiguousarray(grad[:, :, pad : pad + input.shape[2], pad : pad + input.shape[3]])


def _padded(input: Array, pad: int) -> Array:
    """Zeros all round: the course allows more of them than half a window, which the op does not."""
    if pad < 0:
        raise ArgumentError("average-pooling", expected="a pad of at least 0", got=str(pad))
    return np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad))) if pad else input


def conv2d(
    where: str, input: AnyArray, W: AnyArray, b: AnyArray, kernel_size: int, pad: int
) -> tuple[Array, Conv2dCache]:
    """The convolution with what its gradients need, so that a layer need not do it twice."""
    input, W = four(where, "input", input, INPUT), four(where, "W", W, WEIGHTS)
    shape = (len(W), input.shape[1], kernel_size, kernel_size)
    if W.shape != shape:
        raise ShapeError(
            where,
            expected=f"W of shape {WEIGHTS} = {shape} for an input of {input.shape}",
            got=str(W.shape),
            hint="c_in is the input's number of channels, k is kernel_size",
        )
    b = require_shape(where, "b", b, (len(W),), "c_out")
    return ops.conv2d_forward(input, W, b, stride=1, padding=pad)


def conv2d_gradients(
    where: str, grad_output: AnyArray, forward: tuple[Array, Conv2dCache]
) -> tuple[Array, Array, Array]:
    """The gradients of a convolution from what `conv2d` returned."""
    output, cache = forward
    words = "n x c_out x h_out x w_out"
    grad_output = require_shape(where, "grad_output", grad_output, output.shape, words)
    grad_input, grad_W, grad_b = ops.conv2d_backward(grad_output, cache)
    assert grad_b is not None  # there was a bias
    return grad_input, grad_W, grad_b
