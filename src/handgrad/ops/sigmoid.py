"""The logistic sigmoid."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

SigmoidCache: TypeAlias = Array
"""y: the derivative is a function of it."""


def sigmoid_forward(x: Array) -> tuple[Array, SigmoidCache]:
    """y = 1 / (1 + e⁻ˣ), below zero computed as eˣ / (1 + eˣ): e^ of −|x| overflows for no x.

    Arguments:
        x: any shape.

    Returns:
        y, shaped as x, between 0 and 1, and the cache for `sigmoid_backward`.

    See: docs/ops/sigmoid.md

    Example:
        >>> sigmoid_forward(np.array([-1e4, 0.0, 1e4]))[0]
        array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))
    y = np.where(x >= 0, 1, small) / (1 + small)
    return y, y


def sigmoid_backward(dy: Array, cache: SigmoidCache) -> Array:
    """dx = dy · y (1 − y).

    Arguments:
        dy: shaped as y.
        cache: what `sigmoid_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/sigmoid.md

    Example:
        >>> y, cache = sigmoid_forward(np.array([0.0]))
        >>> sigmoid_backward(np.array([4.0]), cache)
        array([1.])
    """
    check_upstream("sigmoid", dy, cache.shape)
    return dy * cache * (1 - cache)
