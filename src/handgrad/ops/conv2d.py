"""Convolution of feature maps (cross-correlation, as in PyTorch: the kernel is not rotated)."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array, Shape, Size, pair
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops.upstream import check_upstream
from handgrad.ops.windows import check_window, col2im, im2col, pad

Conv2dCache: TypeAlias = tuple[Array, Array, Shape, Size, Size, int, bool]
"""columns (N, C·KH·KW, P), weight, the shape of x, stride, padding, groups, whether there was a bias."""


def conv2d_forward(
    x: Array, weight: Array, bias: Array | None = None, stride: Size = 1, padding: Size = 0, groups: int = 1
) -> tuple[Array, Conv2dCache]:
    """y[n, o, u, v] = b[o] + Σ_c Σ_i Σ_j w[o, c, i, j] · x[n, c, u·s + i − p, v·s + j − p].

    With ``groups`` = G the channels fall into G blocks, and outputs of block g see only inputs of block g.

    Arguments:
        x: (N, C, H, W).
        weight: (O, C / G, KH, KW).
        bias: (O,), or None.
        stride, padding: in pixels, one number or (vertical, horizontal); zeros are padded.
        groups: G; must divide C and O.

    Returns:
        y (N, O, OH, OW), and the cache for `conv2d_backward`.

    Raises:
        ShapeError: channels, bias or window do not fit together.

    See: docs/ops/conv2d.md

    Example:
        >>> y, cache = conv2d_forward(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.array([0.5]))
        >>> y[0, 0]
        array([[4.5, 4.5],
               [4.5, 4.5]])
    """
    OH, OW = check_conv2d(x, weight, bias, stride, padding, groups)
    N, O, G = len(x), len(weight), groups
    columns = im2col(x, pair_of(weight), stride, padding)  # -> (N, C·KH·KW, P)
    rows = columns.reshape(N, G, columns.shape[1] // G, OH * OW)  # -> (N, G, I, P)
    y = (by_group(weight, G) @ rows).reshape(N, O, OH, OW)  # (O/G, I) @ (I, P) -> (N, O, OH, OW)
    if bias is not None:
        y = y + bias[:, None, None]
    return y, (columns, weight, x.shape, stride, padding, groups, bias is not None)


def conv2d_backward(dy: Array, cache: Conv2dCache) -> tuple[Array, Array, Array | None]:
    """dW = Σₙ dy[n] · columns[n]ᵀ,   db = Σ over n, u, v of dy,   dx = col2im(Wᵀ · dy).

    Arguments:
        dy: (N, O, OH, OW), the gradient of the loss with respect to y.
        cache: what `conv2d_forward` returned beside y.

    Returns:
        dx (N, C, H, W), dweight (O, C / G, KH, KW), dbias (O,) or None where there was no bias.

    See: docs/ops/conv2d.md

    Example:
        >>> y, cache = conv2d_forward(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
        >>> conv2d_backward(np.ones_like(y), cache)[0][0, 0]
        array([[1., 2., 1.],
               [2., 4., 2.],
               [1., 2., 1.]])
    """
    columns, weight, x_shape, stride, padding, G, has_bias = cache
    outputs = check_window("conv2d", x_shape, pair_of(weight), stride, padding)
    check_upstream("conv2d", dy, (x_shape[0], len(weight), *outputs))
    N, O, OH, OW = dy.shape
    dy_rows = dy.reshape(N, G, O // G, OH * OW)  # -> (N, G, O/G, P)
    columns = columns.reshape(N, G, columns.shape[1] // G, OH * OW)  # -> (N, G, I, P)
    dweight = (dy_rows @ columns.swapaxes(2, 3)).sum(axis=0)  # Σₙ (O/G, P) @ (P, I) -> (G, O/G, I)
    dcolumns = by_group(weight, G).swapaxes(1, 2) @ dy_rows  # (I, O/G) @ (O/G, P) -> (N, G, I, P)
    dcolumns = dcolumns.reshape(N, x_shape[1] * weight[0, 0].size, OH * OW)  # -> (N, C·KH·KW, P)
    dx = col2im(dcolumns, x_shape, pair_of(weight), stride, padding)  # -> (N, C, H, W)
    return dx, dweight.reshape(weight.shape), dy.sum(axis=(0, 2, 3)) if has_bias else None


def conv2d_naive(
    x: Array, weight: Array, bias: Array | None = None, stride: Size = 1, padding: Size = 0, groups: int = 1
) -> Array:
    """The definition as seven loops: slow, obvious, and what everything else is compared with.

    Example:
        >>> conv2d_naive(np.ones((1, 1, 3, 3)), np.ones((1, 1, 3, 3)))
        array([[[[9.]]]])
    """
    OH, OW = check_conv2d(x, weight, bias, stride, padding, groups)
    N, O, channels = len(x), len(weight), weight.shape[1]
    (KH, KW), (SH, SW) = pair_of(weight), pair(stride)
    padded = pad(x, padding)
    y = np.zeros((N, O, OH, OW), dtype=np.result_type(x, weight))
    for n in range(N):
        for o in range(O):
            first = o // (O // groups) * channels  # the first input channel of this output's group
            for u in range(OH):
                for v in range(OW):
                    total = 0.0 if bias is None else bias[o]
                    for c in range(channels):
                        for i in range(KH):
                            for j in range(KW):
                                total += weight[o, c, i, j] * padded[n, first + c, u * SH + i, v * SW + j]
                    y[n, o, u, v] = total
    return y


def pair_of(weight: Array) -> tuple[int, int]:
    """(KH, KW) of a convolution's weight."""
    return weight.shape[2], weight.shape[3]


def by_group(weight: Array, groups: int) -> Array:
    """The weight as one matrix for each group."""
    return weight.reshape(groups, len(weight) // groups, -1)  # (O, C/G, KH, KW) -> (G, O/G, I)


def check_conv2d(
    x: Array, weight: Array, bias: Array | None, stride: Size, padding: Size, groups: int
) -> tuple[int, int]:
    """Refuse arrays that do not fit together; return (OH, OW)."""
    if weight.ndim != 4:
        raise ShapeError("conv2d", expected="weight of shape (O, C / groups, KH, KW)", got=str(weight.shape))
    outputs = check_window("conv2d", x.shape, pair_of(weight), stride, padding)
    O, C = len(weight), x.shape[1]
    if groups < 1 or O % groups:
        raise ArgumentError("conv2d", expected=f"groups that divide the {O} output channels", got=str(groups))
    if weight.shape[1] * groups != C:
        raise ShapeError(
            "conv2d",
            expected=f"x of shape (N, {weight.shape[1] * groups}, H, W)",
            got=str(x.shape),
            hint="the layer before must give as many channels as this one takes",
        )
    if bias is not None and bias.shape != (O,):
        raise ShapeError("conv2d", expected=f"bias of shape ({O},)", got=str(bias.shape))
    return outputs
