"""The hyperbolic tangent."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

TanhCache: TypeAlias = Array
"""y: the derivative is a function of it."""


def tanh_forward(x: Array) -> tuple[Array, TanhCache]:
    """y = tanh(x) = (e²ˣ − 1) / (e²ˣ + 1).

    Arguments:
        x: any shape.

    Returns:
        y, shaped as x, between −1 and 1, and the cache for `tanh_backward`.

    See: docs/ops/tanh.md

    Example:
        >>> tanh_forward(np.array([-1e4, 0.0, 1e4]))[0]
        array([-1.,  0.,  1.])
    """
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: Array, cache: TanhCache) -> Array:
    """dx = dy · (1 − y²).

    Arguments:
        dy: shaped as y.
        cache: what `tanh_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/tanh.md

    Example:
        >>> y, cache = tanh_forward(np.array([0.0]))
        >>> tanh_backward(np.array([3.0]), cache)
        array([3.])
    """
    check_upstream("tanh", dy, cache.shape)
    return dy * (1 - cache * cache)
