"""The mean squared error, as torch.nn.MSELoss has it."""

import numpy as np

from handgrad._typing import Array
from handgrad.ops.euclidean_loss import DifferenceCache, subtract


def mse_loss_forward(y: Array, targets: Array) -> tuple[float, DifferenceCache]:
    """L = mean over all elements of (y − t)².

    Arguments:
        y: any shape.
        targets: t, shaped as y.

    Returns:
        the loss, and the cache for `mse_loss_backward`.

    Raises:
        ShapeError: y and targets differ in shape.

    See: docs/ops/mse_loss.md

    Example:
        >>> loss, cache = mse_loss_forward(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0]]))
        >>> loss
        12.5
    """
    difference = subtract("mse_loss", y, targets)
    return float(np.vdot(difference, difference) / difference.size), difference


def mse_loss_backward(dloss: float, cache: DifferenceCache) -> Array:
    """dy = dloss · 2 (y − t) / (number of elements).

    Arguments:
        dloss: the gradient of whatever follows with respect to the loss; 1.0 where nothing does.
        cache: what `mse_loss_forward` returned beside the loss.

    Returns:
        dy, shaped as y.

    See: docs/ops/mse_loss.md

    Example:
        >>> loss, cache = mse_loss_forward(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0]]))
        >>> mse_loss_backward(1.0, cache)
        array([[3., 4.]])
    """
    return cache * float(2 * dloss / cache.size)  # a NumPy double would make float64 of float32
