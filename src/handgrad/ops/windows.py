"""Sliding windows: what convolution and pooling share, and `im2col` / `col2im`."""

import numpy as np

from handgrad._typing import Array, Shape, Size, pair
from handgrad.errors import ArgumentError, ShapeError


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """How many windows of ``kernel`` pixels, ``stride`` apart, fit into ``size + 2 padding`` pixels.

    OH = ⌊(H + 2p − KH) / s⌋ + 1; pixels left over at the end belong to no window.

    Example:
        >>> output_size(28, kernel=5, stride=1, padding=0)
        24
    """
    return (size + 2 * padding - kernel) // stride + 1


def check_window(op: str, shape: Shape, kernel_size: Size, stride: Size, padding: Size) -> tuple[int, int]:
    """Refuse windows that make no sense for maps of this shape; return (OH, OW).

    Arguments:
        op: the operation's name, for the error.
        shape: (N, C, H, W).
        kernel_size, stride, padding: in pixels, one number or (vertical, horizontal).

    Raises:
        ArgumentError: a kernel or stride below 1, a negative padding.
        ShapeError: not four dimensions, or a window that is larger than the padded map.
    """
    (KH, KW), (SH, SW), (PH, PW) = pair(kernel_size), pair(stride), pair(padding)
    if min(KH, KW, SH, SW) < 1 or min(PH, PW) < 0:
        raise ArgumentError(
            op,
            expected="kernel_size and stride of at least 1 and a padding of at least 0",
            got=f"kernel_size={kernel_size}, stride={stride}, padding={padding}",
        )
    if len(shape) != 4:
        raise ShapeError(
            op,
            expected="x of shape (N, C, H, W)",
            got=str(shape),
            hint="a single image needs a batch axis and a channel axis: x[None, None]",
        )
    H, W = shape[2:]
    OH, OW = output_size(H, KH, SH, PH), output_size(W, KW, SW, PW)
    if OH < 1 or OW < 1:
        raise ShapeError(
            op,
            expected=f"maps of at least {max(KH - 2 * PH, 1)} x {max(KW - 2 * PW, 1)} pixels "
            f"for a {KH} x {KW} window with padding {PH}, {PW}",
            got=f"{H} x {W}",
            hint="use a smaller window, more padding, or fewer layers that shrink the maps",
        )
    return OH, OW


def pad(x: Array, padding: Size, value: float = 0.0) -> Array:
    """x with ``padding`` rows and columns of ``value`` on every side; x itself where that is none."""
    PH, PW = pair(padding)
    if PH == PW == 0:
        return x
    return np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)), constant_values=value)


def unpad(x: Array, padding: Size) -> Array:
    """The inverse of `pad`: a view of x without its border."""
    PH, PW = pair(padding)
    return x[:, :, PH : x.shape[2] - PH, PW : x.shape[3] - PW]


def every_window_at(row: int, column: int, outputs: Size, stride: Size) -> tuple[slice, slice]:
    """The pixels that stand at (row, column) of each window: one strided slice reaches them all."""
    (OH, OW), (SH, SW) = pair(outputs), pair(stride)
    return slice(row, row + SH * (OH - 1) + 1, SH), slice(column, column + SW * (OW - 1) + 1, SW)


def im2col(x: Array, kernel_size: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """Every window of x as one column, so that a convolution becomes one matrix product.

    columns[n, (c, i, j), (u, v)] = x[n, c, u·s + i − p, v·s + j − p], zero outside the map.

    Arguments:
        x: (N, C, H, W).
        kernel_size, stride, padding: in pixels, one number or (vertical, horizontal).

    Returns:
        (N, C·KH·KW, OH·OW), rows in (channel, kernel row, kernel column) order.

    Raises:
        ShapeError: x has no four dimensions, or the window does not fit.

    See: docs/ops/im2col.md

    Example:
        >>> im2col(np.arange(9.0).reshape(1, 1, 3, 3), kernel_size=2)[0]
        array([[0., 1., 3., 4.],
               [1., 2., 4., 5.],
               [3., 4., 6., 7.],
               [4., 5., 7., 8.]])
    """
    OH, OW = check_window("im2col", x.shape, kernel_size, stride, padding)
    (KH, KW), (SH, SW) = pair(kernel_size), pair(stride)
    N, C = x.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(pad(x, padding), (KH, KW), axis=(2, 3))
    windows = windows[:, :, ::SH, ::SW]  # -> (N, C, OH, OW, KH, KW)
    columns = windows.transpose(0, 1, 4, 5, 2, 3).copy()  # never a view of x, not even for 1 x 1 windows
    return columns.reshape(N, C * KH * KW, OH * OW)  # -> (N, C·KH·KW, P)


def col2im(columns: Array, shape: Shape, kernel_size: Size, stride: Size = 1, padding: Size = 0) -> Array:
    """Add every column back to the window it came from: the adjoint of `im2col`, not its inverse.

    A pixel that lies in several windows receives the sum of its copies, which is what a gradient needs.

    Arguments:
        columns: (N, C·KH·KW, OH·OW).
        shape: (N, C, H, W) of the maps that the columns were taken from.
        kernel_size, stride, padding: as they were given to `im2col`.

    Returns:
        (N, C, H, W).

    Raises:
        ShapeError: columns do not have the shape that `im2col` gives for these arguments.

    See: docs/ops/im2col.md

    Example:
        >>> col2im(np.ones((1, 4, 4)), (1, 1, 3, 3), kernel_size=2)[0, 0]
        array([[1., 2., 1.],
               [2., 4., 2.],
               [1., 2., 1.]])
    """
    OH, OW = check_window("col2im", shape, kernel_size, stride, padding)
    (KH, KW), (PH, PW) = pair(kernel_size), pair(padding)
    N, C, H, W = shape
    if columns.shape != (N, C * KH * KW, OH * OW):
        raise ShapeError(
            "col2im", expected=f"columns of shape {(N, C * KH * KW, OH * OW)}", got=str(columns.shape)
        )
    windows = columns.reshape(N, C, KH, KW, OH, OW)  # -> (N, C, KH, KW, OH, OW)
    padded = np.zeros((N, C, H + 2 * PH, W + 2 * PW), dtype=columns.dtype)
    for i in range(KH):  # over the places in a window, not over pixels: each adds whole maps
        for j in range(KW):
            rows, cols = every_window_at(i, j, (OH, OW), stride)
            padded[:, :, rows, cols] += windows[:, :, i, j]
    return np.ascontiguousarray(unpad(padded, padding))
