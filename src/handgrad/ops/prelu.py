"""Parametric ReLU: the slope below zero is learnt (He, Zhang, Ren and Sun, 2015)."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ShapeError
from handgrad.ops.upstream import check_upstream

PReLUCache: TypeAlias = tuple[Array, Array]
"""x, weight."""


def prelu_forward(x: Array, weight: Array) -> tuple[Array, PReLUCache]:
    """y = x where x > 0, else a · x, with one slope a for all channels or one for each.

    Arguments:
        x: (N, C) or (N, C, H, W).
        weight: a, (1,) or (C,).

    Returns:
        y, shaped as x, and the cache for `prelu_backward`.

    Raises:
        ShapeError: weight is neither (1,) nor (C,).

    See: docs/ops/prelu.md

    Example:
        >>> prelu_forward(np.array([[-1.0, -1.0]]), np.array([0.25, 0.5]))[0]
        array([[-0.25, -0.5 ]])
    """
    channels = x.shape[1] if x.ndim > 1 else 1
    if weight.shape not in ((1,), (channels,)):
        raise ShapeError("prelu", expected=f"weight of shape (1,) or ({channels},)", got=str(weight.shape))
    return np.where(x > 0, x, x * along_channels(weight, x.ndim)), (x, weight)


def prelu_backward(dy: Array, cache: PReLUCache) -> tuple[Array, Array]:
    """dx = dy where x > 0, else a · dy;   da = Σ of dy · x over the places where x ≤ 0.

    Arguments:
        dy: shaped as y.
        cache: what `prelu_forward` returned beside y.

    Returns:
        dx, shaped as x, and dweight, shaped as weight.

    See: docs/ops/prelu.md

    Example:
        >>> y, cache = prelu_forward(np.array([[-1.0, -2.0]]), np.array([0.25]))
        >>> prelu_backward(np.array([[1.0, 1.0]]), cache)
        (array([[0.25, 0.25]]), array([-3.]))
    """
    x, weight = cache
    check_upstream("prelu", dy, x.shape)
    dx = np.where(x > 0, dy, dy * along_channels(weight, x.ndim))
    below = np.where(x > 0, 0, dy * x)
    if len(weight) == 1:
        return dx, below.sum().reshape(1)
    return dx, below.sum(axis=(0, *range(2, x.ndim)))  # (N, C, ...) -> (C,)


def along_channels(weight: Array, ndim: int) -> Array:
    """The slopes, shaped to meet axis 1 of an array with ``ndim`` axes."""
    return weight.reshape(-1, *[1] * (ndim - 2))  # (C,) -> (C, 1, 1)
