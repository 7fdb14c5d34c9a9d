"""Max-pooling: each window passes on its largest pixel."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array, IntArray, Shape, Size, pair
from handgrad.errors import ArgumentError
from handgrad.ops.upstream import check_upstream
from handgrad.ops.windows import check_window, every_window_at, pad, unpad

MaxPool2dCache: TypeAlias = tuple[IntArray, Shape, Size, Size, Size]
"""winner (N, C, OH, OW): which place of its window won; the shape of x; kernel_size, stride, padding."""


def max_pool2d_forward(
    x: Array, kernel_size: Size, stride: Size | None = None, padding: Size = 0
) -> tuple[Array, MaxPool2dCache]:
    """y[n, c, u, v] = max over i, j of x[n, c, u·s + i − p, v·s + j − p]; padding counts as −∞.

    Of equal maxima the first in row-major order wins, and it alone will receive the gradient.

    Arguments:
        x: (N, C, H, W).
        kernel_size: of the window, in pixels, one number or (vertical, horizontal).
        stride: from window to window; None: as far as the window is large.
        padding: at most half the window, so that none lies wholly outside.

    Returns:
        y (N, C, OH, OW), and the cache for `max_pool2d_backward`.

    Raises:
        ArgumentError: too much padding.
        ShapeError: the window does not fit.

    See: docs/ops/max_pool2d.md

    Example:
        >>> y, cache = max_pool2d_forward(np.arange(16.0).reshape(1, 1, 4, 4), 2)
        >>> y[0, 0]
        array([[ 5.,  7.],
               [13., 15.]])
    """
    stride = kernel_size if stride is None else stride
    OH, OW = check_pool("max_pool2d", x, kernel_size, stride, padding)
    KH, KW = pair(kernel_size)
    padded = pad(x, padding, value=-np.inf)
    y = padded[:, :, *every_window_at(0, 0, (OH, OW), stride)].copy()  # -> (N, C, OH, OW)
    winner = np.zeros(y.shape, dtype=np.min_scalar_type(KH * KW))
    for place in range(1, KH * KW):  # over the places in a window, not over pixels
        candidate = padded[:, :, *every_window_at(place // KW, place % KW, (OH, OW), stride)]
        winner = np.where(candidate > y, winner.dtype.type(place), winner)
        np.maximum(y, candidate, out=y)  # lets a NaN through, so that it is seen at the output
    return y, (winner, x.shape, kernel_size, stride, padding)


def max_pool2d_backward(dy: Array, cache: MaxPool2dCache) -> Array:
    """dx[n, c, h, w] = Σ of dy over the windows that (h, w) won.

    Arguments:
        dy: (N, C, OH, OW).
        cache: what `max_pool2d_forward` returned beside y.

    Returns:
        dx (N, C, H, W).

    See: docs/ops/max_pool2d.md

    Example:
        >>> y, cache = max_pool2d_forward(np.arange(4.0).reshape(1, 1, 2, 2), 2)
        >>> max_pool2d_backward(np.ones_like(y), cache)[0, 0]
        array([[0., 0.],
               [0., 1.]])
    """
    winner, (N, C, H, W), kernel_size, stride, padding = cache
    check_upstream("max_pool2d", dy, winner.shape)
    (KH, KW), (PH, PW) = pair(kernel_size), pair(padding)
    outputs = winner.shape[2], winner.shape[3]
    padded = np.zeros((N, C, H + 2 * PH, W + 2 * PW), dtype=dy.dtype)
    for place in range(KH * KW):
        rows, columns = every_window_at(place // KW, place % KW, outputs, stride)
        padded[:, :, rows, columns] += np.where(winner == place, dy, 0)  # += : windows may overlap
    return np.ascontiguousarray(unpad(padded, padding))


def max_pool2d_naive(x: Array, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> Array:
    """The definition as loops over every window, for comparison.

    Example:
        >>> max_pool2d_naive(np.arange(16.0).reshape(1, 1, 4, 4), 3, stride=1)[0, 0]
        array([[10., 11.],
               [14., 15.]])
    """
    stride = kernel_size if stride is None else stride
    OH, OW = check_pool("max_pool2d", x, kernel_size, stride, padding)
    (KH, KW), (SH, SW) = pair(kernel_size), pair(stride)
    padded = pad(x, padding, value=-np.inf)
    y = np.empty((*x.shape[:2], OH, OW), dtype=x.dtype)
    for n, c, u, v in np.ndindex(y.shape):
        y[n, c, u, v] = padded[n, c, u * SH : u * SH + KH, v * SW : v * SW + KW].max()
    return y


def check_pool(op: str, x: Array, kernel_size: Size, stride: Size, padding: Size) -> tuple[int, int]:
    """Refuse windows that do not fit x, or that could lie wholly in the padding; return (OH, OW)."""
    outputs = check_window(op, x.shape, kernel_size, stride, padding)
    (KH, KW), (PH, PW) = pair(kernel_size), pair(padding)
    if PH > KH // 2 or PW > KW // 2:
        raise ArgumentError(
            op,
            expected=f"a padding of at most half the {KH} x {KW} window",
            got=str(padding),
            hint="with more, a window would hold nothing but padding",
        )
    return outputs
