"""`loss` of the course: batch means, with one-hot targets."""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array, IntArray
from handgrad.courses.thu.shapes import as_float
from handgrad.errors import DataError, ShapeError

__all__ = ["EuclideanLoss", "SoftmaxCrossEntropyLoss"]


class EuclideanLoss:
    """Half the squared distance between output and target, mean over the batch.

    Arguments:
        name: for the student's eyes only.

    Example:
        >>> EuclideanLoss("loss").forward(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0]]))
        12.5
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, input: AnyArray, target: AnyArray) -> float:
        """The mean loss of outputs and targets of n x classes."""
        return ops.euclidean_loss_forward(*_rows("EuclideanLoss", input, target))[0]

    def backward(self, input: AnyArray, target: AnyArray) -> Array:
        """Its gradient with respect to input, n x classes."""
        _, cache = ops.euclidean_loss_forward(*_rows("EuclideanLoss", input, target))
        return ops.euclidean_loss_backward(1.0, cache)


class SoftmaxCrossEntropyLoss:
    """Softmax and cross-entropy in one, mean over the batch.

    Arguments:
        name: for the student's eyes only.

    Example:
        >>> loss = SoftmaxCrossEntropyLoss("loss")
        >>> round(loss.forward(np.zeros((1, 2)), np.array([[0.0, 1.0]])), 4)
        0.6931
        >>> loss.backward(np.zeros((1, 2)), np.array([[0.0, 1.0]]))
        array([[ 0.5, -0.5]])
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, input: AnyArray, target: AnyArray) -> float:
        """The mean loss of logits and one-hot rows of n x classes."""
        return self._forward(input, target)[0]

    def backward(self, input: AnyArray, target: AnyArray) -> Array:
        """Its gradient with respect to input, n x classes."""
        return ops.cross_entropy_backward(1.0, self._forward(input, target)[1])

    def _forward(self, input: AnyArray, target: AnyArray) -> tuple[float, Any]:
        logits, rows = _rows("SoftmaxCrossEntropyLoss", input, target)
        return ops.cross_entropy_forward(logits, _classes(rows))


def _rows(where: str, input: AnyArray, target: AnyArray) -> tuple[Array, Array]:
    output, rows = as_float(input), as_float(target)
    if output.ndim != 2 or rows.shape != output.shape or not output.size:
        raise ShapeError(
            where,
            expected="input and target of shape n x classes",
            got=f"{output.shape} and {rows.shape}",
            hint="class numbers become rows with onehot_encoding(label, 10)" if rows.ndim == 1 else "",
        )
    return output, rows


def _classes(rows: Array) -> IntArray:
    """The class of each one-hot row; a row that is none is refused: its loss would be another formula."""
    classes: IntArray = rows.argmax(axis=1)
    wrong = np.flatnonzero((rows != np.eye(rows.shape[1])[classes]).any(axis=1))
    if len(wrong):
        raise DataError(
            "SoftmaxCrossEntropyLoss",
            expected="one-hot targets: a single 1 in each row, the rest 0",
            got=f"{rows[wrong[0]].tolist()} in row {wrong[0]}",
            hint="onehot_encoding(label, 10) makes them",
        )
    return classes
