"""What every op must compute, written a second time and differently: in float64, with none of its helpers.

Each takes the arrays and options of its op. Sums over windows are einsums over slices of a map that was
extended here; the rest are direct formulas, or SciPy's.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import scipy.special

Array = np.ndarray


def both(size: Any) -> tuple[int, int]:
    return size if isinstance(size, tuple) else (size, size)


def extended(x: Array, padding: Any, value: float = 0.0) -> Array:
    """x in the middle of a larger map of ``value``."""
    PH, PW = both(padding)
    N, C, H, W = x.shape
    larger = np.full((N, C, H + 2 * PH, W + 2 * PW), value)
    larger[:, :, PH : PH + H, PW : PW + W] = x
    return larger


def corners(shape: tuple[int, ...], kernel: Any, stride: Any) -> tuple[range, range]:
    """The rows and the columns at which windows start that lie wholly inside an (already extended) map."""
    (KH, KW), (SH, SW) = both(kernel), both(stride)
    return range(0, shape[2] - KH + 1, SH), range(0, shape[3] - KW + 1, SW)


def windows(x: Array, kernel: Any, stride: Any) -> Iterator[tuple[int, int, Array]]:
    """(u, v, the (N, C, KH, KW) window there) for each output position."""
    KH, KW = both(kernel)
    tops, lefts = corners(x.shape, kernel, stride)
    for u, top in enumerate(tops):
        for v, left in enumerate(lefts):
            yield u, v, x[:, :, top : top + KH, left : left + KW]


def conv2d(
    x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0, groups: int = 1
) -> Array:
    x, kernel = extended(x, padding), weight.shape[2:]
    tops, lefts = corners(x.shape, kernel, stride)
    y = np.empty((len(x), len(weight), len(tops), len(lefts)))
    channels, outputs = x.shape[1] // groups, len(weight) // groups
    for group in range(groups):
        inside = x[:, group * channels : (group + 1) * channels]
        here = slice(group * outputs, (group + 1) * outputs)
        for u, v, window in windows(inside, kernel, stride):
            y[:, here, u, v] = np.einsum("nchw,ochw->no", window, weight[here])
    for o in range(len(weight) if bias is not None else 0):
        y[:, o] += bias[o]
    return y


def pooled(x: Array, kernel: Any, stride: Any, reduce: Any) -> Array:
    stride = kernel if stride is None else stride
    y = np.empty((*x.shape[:2], *map(len, corners(x.shape, kernel, stride))))
    for u, v, window in windows(x, kernel, stride):
        y[:, :, u, v] = reduce(window)
    return y


def max_pool2d(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Array:
    return pooled(
        extended(x, padding, -math.inf), kernel_size, stride, lambda window: window.max(axis=(2, 3))
    )


def avg_pool2d(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Array:
    KH, KW = both(kernel_size)
    mean = np.full((KH, KW), 1 / (KH * KW))
    return pooled(
        extended(x, padding), kernel_size, stride, lambda window: np.einsum("nchw,hw->nc", window, mean)
    )


def window_pixels(shape: tuple[int, ...], kernel_size: Any, stride: Any, padding: Any) -> Iterator[Any]:
    """((row, column) of the column matrix, (c, h, w) of the map) of every pixel that a window touches."""
    (KH, KW), (SH, SW), (PH, PW) = both(kernel_size), both(stride), both(padding)
    _, C, H, W = shape
    OH, OW = len(range(0, H + 2 * PH - KH + 1, SH)), len(range(0, W + 2 * PW - KW + 1, SW))
    for c, i, j, u, v in np.ndindex(C, KH, KW, OH, OW):
        h, w = u * SH + i - PH, v * SW + j - PW
        yield ((c * KH + i) * KW + j, u * OW + v), (c, h, w) if 0 <= h < H and 0 <= w < W else None


def im2col(x: Array, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> Array:
    places = dict(window_pixels(x.shape, kernel_size, stride, padding))
    rows, positions = (1 + max(place[axis] for place in places) for axis in (0, 1))
    columns = np.zeros((len(x), rows, positions))
    for (row, position), pixel in places.items():
        if pixel:
            columns[:, row, position] = x[:, *pixel]
    return columns


def col2im(
    columns: Array, shape: tuple[int, ...], kernel_size: Any, stride: Any = 1, padding: Any = 0
) -> Array:
    x = np.zeros(shape)
    for (row, position), pixel in window_pixels(shape, kernel_size, stride, padding):
        if pixel:
            x[:, *pixel] += columns[:, row, position]
    return x


def linear(x: Array, weight: Array, bias: Array | float = 0.0) -> Array:
    return np.einsum("...i,oi->...o", x, weight) + bias


def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    return np.clip(x, 0, None) + negative_slope * np.clip(x, None, 0)


def prelu(x: Array, weight: Array) -> Array:
    slopes = [weight[c % len(weight)] for c in range(x.shape[1])]
    return np.stack([leaky_relu(x[:, c], slope) for c, slope in enumerate(slopes)], axis=1)


def elu(x: Array, alpha: float = 1.0) -> Array:
    return np.vectorize(lambda value: value if value > 0 else alpha * math.expm1(value))(x)


def cross_entropy(logits: Array, targets: Array) -> float:
    logarithms = scipy.special.log_softmax(logits, axis=1)
    return -math.fsum(row[target] for row, target in zip(logarithms, targets, strict=True)) / len(logits)


def probability_cross_entropy(probabilities: Array, targets: Array) -> float:
    chosen = [math.log(row[target]) for row, target in zip(probabilities, targets, strict=True)]
    return -math.fsum(chosen) / len(chosen)


def euclidean_loss(y: Array, targets: Array) -> float:
    return math.fsum(np.linalg.norm(y - targets, axis=1) ** 2) / 2 / len(y)


def mse_loss(y: Array, targets: Array) -> float:
    squares = [(a - b) ** 2 for a, b in zip(y.flat, targets.flat, strict=True)]
    return math.fsum(squares) / len(squares)


def dropout(x: Array, p: float, rng: np.random.Generator | None, training: bool = True) -> Array:
    """The mask is part of the contract: one float32 uniform number for each element, dropped below p."""
    if not training or rng is None:
        return x
    draws = rng.random(x.shape, dtype=np.float32)
    kept = [value / (1 - p) if draw >= p else 0.0 for value, draw in zip(x.flat, draws.flat, strict=True)]
    return np.reshape(kept, x.shape)


def batch_norm(
    x: Array,
    weight: Array,
    bias: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        values = x[:, c]
        mean = math.fsum(values.flat) / values.size if running_mean is None else running_mean[c]
        squares = math.fsum((value - mean) ** 2 for value in values.flat) / values.size
        var = squares if running_var is None else running_var[c]
        y[:, c] = weight[c] * (values - mean) / math.sqrt(var + eps) + bias[c]
    return y
