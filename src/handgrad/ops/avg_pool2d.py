"""Average-pooling: each window passes on the mean of its pixels."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array, Shape, Size, pair
from handgrad.ops.max_pool2d import check_pool
from handgrad.ops.upstream import check_upstream
from handgrad.ops.windows import every_window_at, pad, unpad

AvgPool2dCache: TypeAlias = tuple[Shape, tuple[int, int], Size, Size, Size]
"""The shape of x, (OH, OW), kernel_size, stride, padding: the gradient needs no pixel."""


def avg_pool2d_forward(
    x: Array, kernel_size: Size, stride: Size | None = None, padding: Size = 0
) -> tuple[Array, AvgPool2dCache]:
    """y[n, c, u, v] = (1 / (KH·KW)) Σ_i Σ_j x[n, c, u·s + i − p, v·s + j − p].

    Padding counts as zeros, in the divisor too (PyTorch's ``count_include_pad=True``).

    Arguments:
        x: (N, C, H, W).
        kernel_size: of the window, in pixels, one number or (vertical, horizontal).
        stride: from window to window; None: as far as the window is large.
        padding: at most half the window.

    Returns:
        y (N, C, OH, OW), and the cache for `avg_pool2d_backward`.

    Raises:
        ArgumentError: too much padding.
        ShapeError: the window does not fit.

    See: docs/ops/avg_pool2d.md

    Example:
        >>> y, cache = avg_pool2d_forward(np.arange(16.0).reshape(1, 1, 4, 4), 2)
        >>> y[0, 0]
        array([[ 2.5,  4.5],
               [10.5, 12.5]])
    """
    stride = kernel_size if stride is None else stride
    OH, OW = check_pool("avg_pool2d", x, kernel_size, stride, padding)
    KH, KW = pair(kernel_size)
    padded = pad(x, padding)
    y = np.zeros((*x.shape[:2], OH, OW), dtype=x.dtype)
    for i in range(KH):  # over the places in a window, not over pixels
        for j in range(KW):
            y += padded[:, :, *every_window_at(i, j, (OH, OW), stride)]
    y /= KH * KW
    return y, (x.shape, (OH, OW), kernel_size, stride, padding)


def avg_pool2d_backward(dy: Array, cache: AvgPool2dCache) -> Array:
    """dx[n, c, h, w] = (1 / (KH·KW)) Σ of dy over the windows that (h, w) lies in.

    Arguments:
        dy: (N, C, OH, OW).
        cache: what `avg_pool2d_forward` returned beside y.

    Returns:
        dx (N, C, H, W).

    See: docs/ops/avg_pool2d.md

    Example:
        >>> y, cache = avg_pool2d_forward(np.arange(4.0).reshape(1, 1, 2, 2), 2)
        >>> avg_pool2d_backward(np.ones_like(y), cache)[0, 0]
        array([[0.25, 0.25],
               [0.25, 0.25]])
    """
    (N, C, H, W), outputs, kernel_size, stride, padding = cache
    check_upstream("avg_pool2d", dy, (N, C, *outputs))
    (KH, KW), (PH, PW) = pair(kernel_size), pair(padding)
    share = dy / (KH * KW)
    padded = np.zeros((N, C, H + 2 * PH, W + 2 * PW), dtype=dy.dtype)
    for i in range(KH):
        for j in range(KW):
            rows, columns = every_window_at(i, j, outputs, stride)
            padded[:, :, rows, columns] += share
    return np.ascontiguousarray(unpad(padded, padding))


def avg_pool2d_naive(x: Array, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> Array:
    """The definition as loops over every window, for comparison.

    Example:
        >>> avg_pool2d_naive(np.arange(16.0).reshape(1, 1, 4, 4), 4)
        array([[[[7.5]]]])
    """
    stride = kernel_size if stride is None else stride
    OH, OW = check_pool("avg_pool2d", x, kernel_size, stride, padding)
    (KH, KW), (SH, SW) = pair(kernel_size), pair(stride)
    padded = pad(x, padding)
    y = np.empty((*x.shape[:2], OH, OW), dtype=x.dtype)
    for n, c, u, v in np.ndindex(y.shape):
        y[n, c, u, v] = padded[n, c, u * SH : u * SH + KH, v * SW : v * SW + KW].mean()
    return y
