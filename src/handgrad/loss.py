"""Losses as objects: they turn the end of the forward pass into the start of the backward pass."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array

__all__ = ["CrossEntropyLoss", "EuclideanLoss", "Loss", "MSELoss", "ProbabilityCrossEntropyLoss"]


class Loss(Protocol):
    """What an engine asks of a loss; one of your own is any object with these two methods.

    ``forward`` gives the mean loss of the batch and whatever ``backward`` will need; ``backward`` gives the
    gradient of that mean with respect to y, shaped as y. Nothing is to be inherited. The compiled engine runs
    it by its own code, and a warning says so once.

    Example:
        >>> class AbsoluteError:
        ...     def forward(self, y, targets):
        ...         difference = y - targets
        ...         return float(np.abs(difference).mean()), difference
        ...     def backward(self, cache):
        ...         return np.sign(cache) / cache.size
        >>> value, cache = AbsoluteError().forward(np.array([[1.0, 4.0]]), np.array([[2.0, 2.0]]))
        >>> value, AbsoluteError().backward(cache)
        (1.5, array([[-0.5,  0.5]]))
    """

    def forward(self, y: Array, targets: AnyArray) -> tuple[float, Any]:
        """The mean loss of a batch, and the cache for `backward`."""
        ...

    def backward(self, cache: Any) -> Array:
        """The gradient of the mean loss with respect to y."""
        ...


@dataclass(frozen=True)
class CrossEntropyLoss:
    """Cross-entropy of logits against class numbers, mean over the batch.

    Shapes: logits (N, K), targets (N,) integers.

    Raises:
        ShapeError, DataError: targets that are no class numbers for these logits.

    Example:
        >>> loss = CrossEntropyLoss()
        >>> value, cache = loss.forward(np.zeros((1, 2)), np.array([1]))
        >>> round(value, 4), loss.backward(cache)
        (0.6931, array([[ 0.5, -0.5]]))
    """

    def forward(self, y: Array, targets: AnyArray) -> tuple[float, Any]:
        """The mean loss in nats, and the cache."""
        return ops.cross_entropy_forward(y, targets)

    def backward(self, cache: Any) -> Array:
        """Dlogits (N, K)."""
        return ops.cross_entropy_backward(1.0, cache)


@dataclass(frozen=True)
class ProbabilityCrossEntropyLoss:
    """Cross-entropy of probabilities (after a `Softmax` layer) against class numbers, mean over the batch.

    Shapes: probabilities (N, K), targets (N,) integers.

    Raises:
        ShapeError, DataError: targets that are no class numbers for these probabilities.

    Example:
        >>> value, _ = ProbabilityCrossEntropyLoss().forward(np.array([[0.5, 0.5]]), np.array([1]))
        >>> round(value, 4)
        0.6931
    """

    def forward(self, y: Array, targets: AnyArray) -> tuple[float, Any]:
        """The mean loss in nats, and the cache."""
        return ops.probability_cross_entropy_forward(y, targets)

    def backward(self, cache: Any) -> Array:
        """Dprobabilities (N, K)."""
        return ops.probability_cross_entropy_backward(1.0, cache)


@dataclass(frozen=True)
class EuclideanLoss:
    """Half the squared distance to the targets, mean over the batch; class numbers count as one-hot rows.

    Shapes: y (N, K), targets (N, K), or (N,) integers.

    Raises:
        ShapeError, DataError: targets that do not fit.

    Example:
        >>> EuclideanLoss().forward(np.array([[3.0, 1.0]]), np.array([1]))[0]
        4.5
    """

    def forward(self, y: Array, targets: AnyArray) -> tuple[float, Any]:
        """The loss, and the cache."""
        return ops.euclidean_loss_forward(y, as_rows("euclidean_loss", y, targets))

    def backward(self, cache: Any) -> Array:
        """Dy (N, K)."""
        return ops.euclidean_loss_backward(1.0, cache)


@dataclass(frozen=True)
class MSELoss:
    """The mean over all elements of the squared difference; class numbers count as one-hot rows.

    Shapes: y (N, K), targets (N, K), or (N,) integers.

    Raises:
        ShapeError, DataError: targets that do not fit.

    Example:
        >>> MSELoss().forward(np.array([[3.0, 1.0]]), np.array([1]))[0]
        4.5
    """

    def forward(self, y: Array, targets: AnyArray) -> tuple[float, Any]:
        """The loss, and the cache."""
        return ops.mse_loss_forward(y, as_rows("mse_loss", y, targets))

    def backward(self, cache: Any) -> Array:
        """Dy (N, K)."""
        return ops.mse_loss_backward(1.0, cache)


def as_rows(op: str, y: Array, targets: AnyArray) -> AnyArray:
    """Class numbers as one-hot rows; anything else as it is."""
    if targets.ndim != 1 or not np.issubdtype(targets.dtype, np.integer):
        return targets
    ops.check_targets(op, y, targets)
    return np.eye(y.shape[1], dtype=y.dtype)[targets]  # (N,) -> (N, K)
