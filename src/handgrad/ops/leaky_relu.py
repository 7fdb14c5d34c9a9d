"""Leaky ReLU: a small slope where ReLU has none (Maas, Hannun and Ng, 2013)."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

LeakyReLUCache: TypeAlias = tuple[Array, float]
"""x, negative_slope."""


def leaky_relu_forward(x: Array, negative_slope: float = 0.01) -> tuple[Array, LeakyReLUCache]:
    """y = x where x > 0, else negative_slope · x.

    Arguments:
        x: any shape.
        negative_slope: the slope below zero.

    Returns:
        y, shaped as x, and the cache for `leaky_relu_backward`.

    See: docs/ops/leaky_relu.md

    Example:
        >>> leaky_relu_forward(np.array([-1.0, 2.0]), negative_slope=0.1)[0]
        array([-0.1,  2. ])
    """
    slope = float(negative_slope)  # a NumPy double would make float64 of float32
    return np.where(x > 0, x, x * slope), (x, slope)


def leaky_relu_backward(dy: Array, cache: LeakyReLUCache) -> Array:
    """dx = dy where x > 0, else negative_slope · dy.

    Arguments:
        dy: shaped as y.
        cache: what `leaky_relu_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/leaky_relu.md

    Example:
        >>> y, cache = leaky_relu_forward(np.array([-1.0, 2.0]), negative_slope=0.1)
        >>> leaky_relu_backward(np.array([10.0, 10.0]), cache)
        array([ 1., 10.])
    """
    x, negative_slope = cache
    check_upstream("leaky_relu", dy, x.shape)
    return np.where(x > 0, dy, dy * negative_slope)
