"""Softmax, with its full Jacobian product."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

SoftmaxCache: TypeAlias = tuple[Array, int]
"""y, axis."""


def softmax_forward(x: Array, axis: int = -1) -> tuple[Array, SoftmaxCache]:
    """yₖ = e^(xₖ − m) / Σⱼ e^(xⱼ − m) with m = max x: the shift changes nothing and keeps e^ finite.

    Arguments:
        x: any shape; (N, K) logits for a classifier.
        axis: along which the outputs sum to 1.

    Returns:
        y, shaped as x, and the cache for `softmax_backward`.

    See: docs/ops/softmax.md

    Example:
        >>> softmax_forward(np.array([[1000.0, 1000.0]]))[0]
        array([[0.5, 0.5]])
    """
    y: Array = np.exp(x - x.max(axis=axis, keepdims=True))
    y /= y.sum(axis=axis, keepdims=True)
    return y, (y, axis)


def softmax_backward(dy: Array, cache: SoftmaxCache) -> Array:
    """dx = Jᵀ dy with J = diag(y) − y yᵀ, which is y · (dy − Σⱼ dyⱼ yⱼ).

    Arguments:
        dy: shaped as y.
        cache: what `softmax_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/softmax.md

    Example:
        >>> y, cache = softmax_forward(np.array([[0.0, 0.0]]))
        >>> softmax_backward(np.array([[1.0, 0.0]]), cache)
        array([[ 0.25, -0.25]])
    """
    y, axis = cache
    check_upstream("softmax", dy, y.shape)
    along: Array = (dy * y).sum(axis=axis, keepdims=True)
    return y * (dy - along)
