"""What the course's functions must compute: nested loops in float64, written without the library."""

import numpy as np

Array = np.ndarray


def convolution(x: Array, W: Array, b: Array, pad: int) -> Array:
    x = framed(x, pad)
    k = W.shape[-1]
    n, _, H, width = x.shape
    y = np.zeros((n, len(W), H - k + 1, width - k + 1))
    for i, o, u, v in np.ndindex(y.shape):
        y[i, o, u, v] = (x[i, :, u : u + k, v : v + k] * W[o]).sum() + b[o]
    return y


def average(x: Array, k: int, pad: int) -> Array:
    x = framed(x, pad)
    n, c, H, width = x.shape
    y = np.zeros((n, c, H // k, width // k))
    for i, j, u, v in np.ndindex(y.shape):
        y[i, j, u, v] = sum(x[i, j, u * k + a, v * k + d] for a in range(k) for d in range(k)) / (k * k)
    return y


def framed(x: Array, pad: int) -> Array:
    larger = np.zeros((*x.shape[:2], x.shape[2] + 2 * pad, x.shape[3] + 2 * pad))
    larger[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]] = x
    return larger


def slope(function, array: Array, step: float = 1e-6) -> Array:
    """The gradient of a number with respect to an array, by central differences at every element."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        moved = array.copy()
        moved[place] += step
        above = function(moved)
        moved[place] -= 2 * step
        gradient[place] = (above - function(moved)) / (2 * step)
    return gradient
