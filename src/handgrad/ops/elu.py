"""ELU, the exponential linear unit (Clevert, Unterthiner and Hochreiter, 2015)."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

ELUCache: TypeAlias = tuple[Array, Array, float]
"""x, y, alpha."""


def elu_forward(x: Array, alpha: float = 1.0) -> tuple[Array, ELUCache]:
    """y = x where x > 0, else α (eˣ − 1).

    Arguments:
        x: any shape.
        alpha: α; y tends to −α far below zero.

    Returns:
        y, shaped as x, and the cache for `elu_backward`.

    See: docs/ops/elu.md

    Example:
        >>> elu_forward(np.array([-np.inf, 0.0, 2.0]))[0]
        array([-1.,  0.,  2.])
    """
    alpha = float(alpha)  # a NumPy double would make float64 of float32
    # minimum: where x is large and positive the branch not taken must not overflow
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, (x, y, alpha)


def elu_backward(dy: Array, cache: ELUCache) -> Array:
    """dx = dy where x > 0, else dy · α eˣ = dy · (y + α).

    Arguments:
        dy: shaped as y.
        cache: what `elu_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/elu.md

    Example:
        >>> y, cache = elu_forward(np.array([-np.inf, 0.0, 2.0]))
        >>> elu_backward(np.array([3.0, 3.0, 3.0]), cache)
        array([0., 3., 3.])
    """
    x, y, alpha = cache
    check_upstream("elu", dy, x.shape)
    return np.where(x > 0, dy, dy * (y + alpha))
