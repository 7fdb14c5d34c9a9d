"""ReLU, the rectified linear unit."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from handgrad._typing import Array
from handgrad.ops.upstream import check_upstream

ReLUCache: TypeAlias = npt.NDArray[np.bool_]
"""Where x is positive."""


def relu_forward(x: Array) -> tuple[Array, ReLUCache]:
    """y = max(x, 0).

    Arguments:
        x: any shape.

    Returns:
        y, shaped as x, and the cache for `relu_backward`.

    See: docs/ops/relu.md

    Example:
        >>> relu_forward(np.array([-1.0, 0.0, 2.0]))[0]
        array([0., 0., 2.])
    """
    return np.maximum(x, 0), x > 0


def relu_backward(dy: Array, cache: ReLUCache) -> Array:
    """dx = dy where x > 0, else 0; at exactly 0, where there is a kink, 0 as in PyTorch.

    Arguments:
        dy: shaped as y.
        cache: what `relu_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/relu.md

    Example:
        >>> y, cache = relu_forward(np.array([-1.0, 0.0, 2.0]))
        >>> relu_backward(np.array([5.0, 5.0, 5.0]), cache)
        array([0., 0., 5.])
    """
    check_upstream("relu", dy, cache.shape)
    return np.where(cache, dy, 0)  # not a product: it would make a NaN of an infinite dy
