"""Sections 2.1 and 2.2 of the document on real arrays: im2col, Algorithm 1, equation 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad import ops
from handgrad._typing import Array
from handgrad.courses.thu.functions import conv2d_backward, conv2d_forward
from handgrad.courses.thu.layers import Conv2D
from handgrad.courses.thu.measures import largest, relative, whole
from handgrad.report import im2col_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study


def im2col_shown(study: Study) -> dict[str, Any]:
    """Figure 2.1: a 5 x 5 matrix, its 3 x 3 windows at stride 2, and their columns."""
    matrix = np.arange(1.0, 26.0).reshape(5, 5)
    columns = ops.im2col(matrix[None, None], kernel_size=3, stride=2, padding=0)[0]
    numbers = columns.astype(int)
    study.figure("im2col", im2col_figure(matrix.astype(int), numbers, kernel_size=3, stride=2, padding=0))
    return {"matrix": matrix.astype(int).tolist(), "columns": numbers.tolist()}


def algorithm(x: Array, layer: Conv2D) -> dict[str, Any]:
    """Algorithm 1, line by line, on the maps that enter the second convolution."""
    N, (O, C, k, _), p = len(x), layer.W.shape, layer.pad
    OH, OW = (side + 2 * p - k + 1 for side in x.shape[2:])  # lines 1 and 2
    columns = ops.im2col(x, k, 1, p)
    x_m = columns.transpose(2, 0, 1).reshape(OH, OW, N, C * k * k)  # line 3: (N, I, P) -> (OH, OW, N, I)
    rows = layer.W.reshape(O, C * k * k)  # line 4: (O, C, KH, KW) -> (O, I)
    product = x_m @ rows.T  # line 5: (OH, OW, N, I) @ (I, O) -> (OH, OW, N, O)
    y = product.transpose(2, 3, 0, 1)  # line 6: -> (N, O, OH, OW)
    found = conv2d_forward(x, layer.W, layer.b, k, p)
    return {
        "shapes": {
            "x": list(x.shape),
            "columns": list(columns.shape),
            "x_m": list(x_m.shape),
            "rows": list(rows.shape),
            "product": list(product.shape),
            "y": list(y.shape),
        },
        "without_bias": largest(y - found),
        "with_bias": largest(y + layer.b[:, None, None] - found),
        "naive": largest(found[:1] - ops.conv2d_naive(x[:1], layer.W, layer.b, 1, p)),
    }


def equation1_small() -> dict[str, Any]:
    """Equation 2.1 in whole numbers: one map Y, two kernels, no padding."""
    from scipy.signal import convolve, convolve2d

    rng = np.random.default_rng(21)
    Y = rng.integers(0, 4, (4, 4)).astype(float)
    W, delta = (rng.integers(-2, 3, (2, side, side)).astype(float) for side in (3, 2))
    grads = conv2d_backward(Y[None, None], delta[None], W[:, None], np.zeros(2), 3, 0)
    dW = [convolve2d(Y, np.rot90(map_, 2), mode="valid") for map_ in delta]
    db = delta.sum(axis=(1, 2))
    stacked = convolve(delta, W[::-1], mode="full", method="direct")[len(W) - 1]  # of (3, 4, 4) the middle
    formula = np.array(dW)[:, None], db, stacked[None, None]
    return {
        "Y": whole(Y),
        "W": whole(W),
        "delta": whole(delta),
        "turned": whole(np.rot90(delta, 2, axes=(1, 2))),
        "flipped": whole(W[::-1]),
        "dW": whole(np.array(dW)),
        "db": whole(db),
        "dY": whole(stacked),
        "largest": max(largest(a - b) for a, b in zip(formula, (grads[1], grads[2], grads[0]), strict=True)),
    }


def equation1_real(x: Array, layer: Conv2D, delta: Array) -> dict[str, Any]:
    """Equation 2.1 by SciPy's convolutions on the second convolution's maps, beside `conv2d_backward`."""
    from scipy.signal import convolve, convolve2d

    (N, C), O, p = x.shape[:2], len(layer.W), layer.pad
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dW = np.zeros_like(layer.W)
    dx = np.zeros_like(padded)
    for n in range(N):
        for c in range(C):
            for o in range(O):
                dW[o, c] += convolve2d(padded[n, c], np.rot90(delta[n, o], 2), mode="valid")
            dx[n, c] = convolve(delta[n], layer.W[::-1, c], mode="full", method="direct")[O - 1]
    dx = dx[:, :, p : p + x.shape[2], p : p + x.shape[3]]
    grads = conv2d_backward(x, delta, layer.W, layer.b, layer.kernel_size, p)
    sums = delta.sum(axis=(0, 2, 3))
    return {
        "images": N,
        "x": list(x.shape),
        "W": list(layer.W.shape),
        "delta": list(delta.shape),
        "dW": relative(dW, grads[1]),
        "db": relative(sums, grads[2]),
        "dx": relative(dx, grads[0]),
    }
