"""`utils` of the course: the log, one-hot rows, the accuracy."""

from datetime import datetime

import numpy as np

from handgrad import metrics
from handgrad._typing import AnyArray, Array
from handgrad.errors import DataError, ShapeError

__all__ = ["LOG_INFO", "calculate_acc", "onehot_encoding"]


def LOG_INFO(msg: str) -> None:
    """Print a message behind the time of day, hours to milliseconds.

    Arguments:
        msg: the message.

    Example:
        >>> LOG_INFO("Training @ 0 epoch...")  # doctest: +SKIP
        09:30:00.125 Training @ 0 epoch...
    """
    print(f"{datetime.now():%H:%M:%S.%f}"[:-3], msg)


def onehot_encoding(label: AnyArray, max_num_class: int) -> Array:
    """A row for each label, 1 at the label and 0 elsewhere.

    Arguments:
        label: (n,) integers.
        max_num_class: the length of a row.

    Returns:
        (n, max_num_class), float64.

    Raises:
        DataError: a label that is no integer from 0 to max_num_class - 1.

    Example:
        >>> onehot_encoding(np.array([1, 0]), 3)
        array([[0., 1., 0.],
               [1., 0., 0.]])
    """
    label = np.asarray(label)
    if label.dtype.kind not in "iu" or (label.size and not 0 <= label.min() <= label.max() < max_num_class):
        raise DataError(
            "onehot_encoding",
            expected=f"integer labels from 0 to {max_num_class - 1}",
            got=f"{label.dtype}" if label.dtype.kind not in "iu" else f"{label.min()} to {label.max()}",
        )
    rows: Array = np.eye(max_num_class)[label]  # (n,) -> (n, K)
    return rows


def calculate_acc(output: AnyArray, label: AnyArray) -> float:
    """The share of rows whose largest output is at the label.

    Arguments:
        output: n x classes.
        label: (n,) integers.

    Returns:
        from 0 to 1.

    Raises:
        ShapeError: not one label for each row.

    Example:
        >>> calculate_acc(np.array([[0.2, 0.8], [0.9, 0.1]]), np.array([1, 1]))
        0.5
    """
    output, label = np.asarray(output), np.asarray(label)
    if output.ndim != 2 or label.shape != output.shape[:1]:
        raise ShapeError(
            "calculate_acc",
            expected="output of shape n x classes and label of shape (n,)",
            got=f"{output.shape} and {label.shape}",
        )
    return metrics.accuracy(output, label)
