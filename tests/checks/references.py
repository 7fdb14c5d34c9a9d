"""What each operation is, in a line or two of NumPy, and its gradients by central differences.

Nothing of handgrad: the student-style files are judged by means that share no line with what checks them.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Array = np.ndarray
Arrays = dict[str, Array]
GRADIENTS = {"x": "dx", "weight": "dweight", "bias": "dbias"}


def gradients(reference: Callable[[Arrays], Array], arrays: Arrays, step: float = 1e-5) -> Arrays:
    """The derivatives of Σ dy · reference(arrays), element by element, under the names of `GRADIENTS`."""
    found = {}
    for name in GRADIENTS.keys() & arrays.keys():
        slopes = np.zeros(arrays[name].shape)
        for index in np.ndindex(slopes.shape):
            ends = []
            for sign in (1, -1):
                moved = arrays[name].copy()
                moved[index] += sign * step
                ends.append(np.sum(arrays["dy"] * reference({**arrays, name: moved})))
            slopes[index] = (ends[0] - ends[1]) / (2 * step)
        found[GRADIENTS[name]] = slopes
    return found


def windows(x: Array, kernel: tuple[int, int], stride: int, pad: int, fill: float = 0.0) -> Array:
    """Every window: (N, C, H, W) -> (N, C, OH, OW, KH, KW)."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=fill)
    return sliding_window_view(padded, kernel, axis=(2, 3))[:, :, ::stride, ::stride]


def conv(a: Arrays, stride: int = 1, pad: int = 0) -> Array:
    """Cross-correlation."""
    view = windows(a["x"], a["weight"].shape[2:], stride, pad)
    return np.einsum("nchwij,ocij->nohw", view, a["weight"]) + a["bias"].reshape(1, -1, 1, 1)


def pool(a: Arrays, kernel: tuple[int, int], stride: int, pad: int = 0, kind: str = "max") -> Array:
    """The largest or the mean of each window; padding is zeros (the tests pool positive numbers)."""
    view = windows(a["x"], kernel, stride, pad)
    return view.max(axis=(4, 5)) if kind == "max" else view.mean(axis=(4, 5))


def relu(a: Arrays) -> Array:
    return np.where(a["x"] > 0, a["x"], 0)


def elu(a: Arrays) -> Array:
    return np.where(a["x"] > 0, a["x"], np.expm1(a["x"]))


def sigmoid(a: Arrays) -> Array:
    return (1 + np.tanh(a["x"] / 2)) / 2


def softmax(a: Arrays) -> Array:
    powers = np.exp(a["x"] - a["x"].max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def probability_loss(a: Arrays) -> Array:
    return -np.log([row[k] for row, k in zip(a["x"], a["targets"], strict=True)]).mean()


def softmax_loss(a: Arrays) -> Array:
    return probability_loss({**a, "x": softmax(a)})


def batch_norm(a: Arrays, eps: float = 1e-5) -> Array:
    axes = (0, *range(2, a["x"].ndim))
    shape = (1, -1, *[1] * (a["x"].ndim - 2))
    middle, spread = a["x"].mean(axis=axes, keepdims=True), a["x"].var(axis=axes, keepdims=True)
    normal = (a["x"] - middle) / np.sqrt(spread + eps)
    return normal * a["weight"].reshape(shape) + a["bias"].reshape(shape)


def same(got: object, want: object) -> bool:
    """Whether two arrays agree in shape and, but for single precision, in every number."""
    got, want = np.asarray(got), np.asarray(want)
    if got.dtype.kind not in "fiub" or got.shape != want.shape:
        return False
    return bool(np.allclose(got, want, rtol=1e-4, atol=1e-4 * max(1e-3, float(np.abs(want).max(initial=0)))))


def same_all(got: Mapping[str, object], want: Mapping[str, object]) -> set[str]:
    """The names under which two sets of arrays differ."""
    return {name for name in want if name not in got or not same(got[name], want[name])}
