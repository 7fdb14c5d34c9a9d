"""What the course's layers must compute, as loops over single numbers and as central differences."""

from collections.abc import Callable

import numpy as np

Array = np.ndarray


def convolved(x: Array, W: Array, b: Array) -> Array:
    (N, C, H, V), (F, _, KH, KW) = x.shape, W.shape
    y = np.zeros((N, F, H - KH + 1, V - KW + 1))
    for n, f, u, v in np.ndindex(y.shape):
        y[n, f, u, v] = b[0, f, 0, 0]
        for c, i, j in np.ndindex(C, KH, KW):
            y[n, f, u, v] += W[f, c, i, j] * x[n, c, u + i, v + j]
    return y


def pooled(x: Array, stride: int, side: int) -> Array:
    N, C, H, V = x.shape
    y = np.zeros((N, C, (H - side) // stride + 1, (V - side) // stride + 1))
    for n, c, u, v in np.ndindex(y.shape):
        y[n, c, u, v] = max(x[n, c, u * stride + i, v * stride + j] for i in range(side) for j in range(side))
    return y


def differences(function: Callable[[Array], Array], x: Array, dLdy: Array, step: float = 1e-6) -> Array:
    """The gradient of the sum of dLdy * function(x) with respect to every element of x."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.astype(np.float64), x.astype(np.float64)
        above[place] += step
        below[place] -= step
        gradient[place] = np.sum(dLdy * (function(above) - function(below))) / (2 * step)
    return gradient


def read_only(*arrays: Array) -> None:
    for array in arrays:
        array.flags.writeable = False
