"""Cross-entropy of probabilities: what stands after a separate softmax."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.ops.cross_entropy import check_targets

ProbabilityCrossEntropyCache: TypeAlias = tuple[Array, IntArray]
"""probabilities (N, K), kept off zero, and targets."""


def probability_cross_entropy_forward(
    probabilities: Array, targets: IntArray
) -> tuple[float, ProbabilityCrossEntropyCache]:
    """L = −(1/N) Σₙ log p[n, t]; a probability of 0 counts as the smallest normal number of its dtype.

    Arguments:
        probabilities: p, (N, K).
        targets: t, (N,) integers from 0 to K − 1.

    Returns:
        the mean loss in nats, and the cache for `probability_cross_entropy_backward`.

    Raises:
        ShapeError: targets are not one label for each row of probabilities.
        DataError: a target outside the K classes.

    See: docs/ops/probability_cross_entropy.md

    Example:
        >>> loss, cache = probability_cross_entropy_forward(np.array([[0.25, 0.75]]), np.array([1]))
        >>> round(loss, 4)
        0.2877
    """
    check_targets("probability_cross_entropy", probabilities, targets)
    kept = np.maximum(probabilities, np.finfo(probabilities.dtype).tiny)
    return float(-np.log(kept[np.arange(len(targets)), targets]).mean()), (kept, targets)


def probability_cross_entropy_backward(dloss: float, cache: ProbabilityCrossEntropyCache) -> Array:
    """dp[n, t] = −dloss / (N · p[n, t]), and 0 for every other class.

    Arguments:
        dloss: the gradient of whatever follows with respect to the loss; 1.0 where nothing does.
        cache: what `probability_cross_entropy_forward` returned beside the loss.

    Returns:
        dprobabilities (N, K).

    See: docs/ops/probability_cross_entropy.md

    Example:
        >>> loss, cache = probability_cross_entropy_forward(np.array([[0.25, 0.75]]), np.array([0]))
        >>> probability_cross_entropy_backward(1.0, cache)
        array([[-4.,  0.]])
    """
    probabilities, targets = cache
    rows = np.arange(len(targets))
    dprobabilities = np.zeros_like(probabilities)
    dprobabilities[rows, targets] = -dloss / (len(targets) * probabilities[rows, targets])
    return dprobabilities
