"""How good predictions are: accuracy, its interval, and which classes are taken for which."""

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.errors import ArgumentError, DataError, ShapeError


def correct(scores: Array, targets: IntArray) -> int:
    """How many rows have their highest score at the target; of equal scores the first counts.

    Arguments:
        scores: (N, K), logits or probabilities.
        targets: (N,) integers.

    Raises:
        ShapeError: not one target for each row.

    Example:
        >>> correct(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        1
    """
    if scores.ndim != 2:
        raise ShapeError("accuracy", expected="scores of shape (N, K)", got=str(scores.shape))
    if targets.shape != scores.shape[:1]:
        raise ShapeError("accuracy", expected=f"one target for each of {len(scores)}", got=str(targets.shape))
    return int(np.count_nonzero(scores.argmax(axis=1) == targets))


def accuracy(scores: Array, targets: IntArray) -> float:
    """The share of rows with their highest score at the target, from 0 to 1.

    Arguments:
        scores: (N, K), logits or probabilities.
        targets: (N,) integers.

    Raises:
        ShapeError: not one target for each row, or no rows.

    Example:
        >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
        0.5
    """
    if not len(scores):
        raise ShapeError("accuracy", expected="at least one row of scores", got="none")
    return correct(scores, targets) / len(scores)


def accuracy_interval(right: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for an accuracy: where it may lie, given that only ``count`` images were tried.

    Arguments:
        right: how many were right.
        count: of how many.
        confidence: how often such an interval holds the truth.

    Returns:
        its lower and upper end (SciPy's ``binomtest(...).proportion_ci(method="wilson")``).

    Raises:
        ArgumentError: counts that cannot be, or a confidence outside (0, 1).

    Example:
        >>> low, high = accuracy_interval(9900, 10_000)
        >>> round(low, 4), round(high, 4)
        (0.9879, 0.9918)
    """
    if not 0 <= right <= count or count < 1 or not 0 < confidence < 1:
        raise ArgumentError(
            "accuracy_interval",
            expected="0 <= right <= count, a count of at least 1 and a confidence between 0 and 1",
            got=f"right={right}, count={count}, confidence={confidence}",
        )
    from scipy.stats import binomtest

    interval = binomtest(right, count).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def confusion_matrix(predictions: IntArray, targets: IntArray, classes: int) -> IntArray:
    """Counts of images by true class (row) and predicted class (column); scikit-learn's.

    Arguments:
        predictions, targets: (N,) integers.
        classes: K.

    Returns:
        (K, K) integers, whose sum is N.

    Raises:
        ShapeError: not one target for each prediction.
        DataError: a class outside 0 to K - 1.

    Example:
        >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), classes=2)
        array([[1, 1],
               [0, 1]])
    """
    if predictions.ndim != 1 or predictions.shape != targets.shape:
        raise ShapeError(
            "confusion_matrix",
            expected="predictions and targets, both of shape (N,)",
            got=f"{predictions.shape} and {targets.shape}",
        )
    found = np.concatenate([predictions, targets])
    outside = found[(found < 0) | (found >= classes)]
    if len(outside):
        raise DataError("confusion_matrix", expected=f"classes from 0 to {classes - 1}", got=str(outside[0]))
    from sklearn.metrics import confusion_matrix as counted

    matrix: IntArray = counted(targets, predictions, labels=range(classes))
    return matrix
