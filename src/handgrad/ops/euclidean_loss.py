"""Half the squared distance, averaged over the batch."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ShapeError

DifferenceCache: TypeAlias = Array
"""y − targets."""


def euclidean_loss_forward(y: Array, targets: Array) -> tuple[float, DifferenceCache]:
    """L = (1 / 2N) Σₙ ‖y[n] − t[n]‖².

    Arguments:
        y: (N, K).
        targets: t, (N, K); for classes their one-hot rows.

    Returns:
        the loss, and the cache for `euclidean_loss_backward`.

    Raises:
        ShapeError: y and targets differ in shape.

    See: docs/ops/euclidean_loss.md

    Example:
        >>> loss, cache = euclidean_loss_forward(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0]]))
        >>> loss
        12.5
    """
    difference = subtract("euclidean_loss", y, targets)
    return float(np.vdot(difference, difference) / (2 * len(y))), difference


def euclidean_loss_backward(dloss: float, cache: DifferenceCache) -> Array:
    """dy = dloss · (y − t) / N.

    Arguments:
        dloss: the gradient of whatever follows with respect to the loss; 1.0 where nothing does.
        cache: what `euclidean_loss_forward` returned beside the loss.

    Returns:
        dy (N, K).

    See: docs/ops/euclidean_loss.md

    Example:
        >>> loss, cache = euclidean_loss_forward(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0]]))
        >>> euclidean_loss_backward(1.0, cache)
        array([[3., 4.]])
    """
    return cache * float(dloss / len(cache))  # a NumPy double would make float64 of float32


def subtract(op: str, y: Array, targets: Array) -> Array:
    """y − targets, refused where broadcasting would make a difference of other shape."""
    if y.shape != targets.shape or y.size == 0:
        raise ShapeError(
            op,
            expected=f"targets of shape {y.shape}, with at least one image",
            got=str(targets.shape),
            hint="class numbers become one-hot rows with np.eye(K)[targets]" if targets.ndim == 1 else "",
        )
    return y - targets.astype(y.dtype)
