"""Cross-entropy of logits: softmax and negative log-likelihood in one."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.errors import DataError, ShapeError

CrossEntropyCache: TypeAlias = tuple[Array, IntArray]
"""The probabilities (N, K), and targets."""


def cross_entropy_forward(logits: Array, targets: IntArray) -> tuple[float, CrossEntropyCache]:
    """L = (1/N) Σₙ (log Σₖ e^(zₖ − m) − (z_t − m)) with m = max z: stable for logits of any size.

    Arguments:
        logits: z, (N, K).
        targets: t, (N,) integers from 0 to K − 1.

    Returns:
        the mean loss in nats, and the cache for `cross_entropy_backward`.

    Raises:
        ShapeError: targets are not one label for each row of logits.
        DataError: a target outside the K classes.

    See: docs/ops/cross_entropy.md

    Example:
        >>> loss, cache = cross_entropy_forward(np.array([[1e4, 0.0], [0.0, 1e4]]), np.array([0, 0]))
        >>> loss
        5000.0
    """
    check_targets("cross_entropy", logits, targets)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1, keepdims=True)  # -> (N, 1)
    loss = np.log(total[:, 0]) - shifted[np.arange(len(logits)), targets]
    return float(loss.mean()), (exponentials / total, targets)


def cross_entropy_backward(dloss: float, cache: CrossEntropyCache) -> Array:
    """dz = dloss · (p − onehot(t)) / N.

    Arguments:
        dloss: the gradient of whatever follows with respect to the loss; 1.0 where nothing does.
        cache: what `cross_entropy_forward` returned beside the loss.

    Returns:
        dlogits (N, K).

    See: docs/ops/cross_entropy.md

    Example:
        >>> loss, cache = cross_entropy_forward(np.array([[0.0, 0.0]]), np.array([1]))
        >>> cross_entropy_backward(1.0, cache)
        array([[ 0.5, -0.5]])
    """
    probabilities, targets = cache
    dlogits = probabilities.copy()
    dlogits[np.arange(len(targets)), targets] -= 1
    dlogits *= dloss / len(targets)
    return dlogits


def check_targets(op: str, scores: Array, targets: AnyArray) -> None:
    """Refuse targets that are not one class number for each row of (N, K) scores."""
    if scores.ndim != 2 or len(scores) == 0:
        raise ShapeError(op, expected="one row of K scores for each image, (N, K)", got=str(scores.shape))
    if targets.shape != scores.shape[:1] or not np.issubdtype(targets.dtype, np.integer):
        raise ShapeError(
            op,
            expected=f"targets of shape ({len(scores)},), integers",
            got=f"{targets.shape}, {targets.dtype}",
            hint="one-hot rows become class numbers with targets.argmax(axis=1)",
        )
    outside = np.flatnonzero((targets < 0) | (targets >= scores.shape[1]))
    if len(outside):
        raise DataError(
            op,
            expected=f"targets from 0 to {scores.shape[1] - 1}",
            got=f"{targets[outside[0]]} at index {outside[0]}",
            hint="the last layer must have as many outputs as there are classes",
        )
