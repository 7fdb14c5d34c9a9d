"""`loss` of the course: softmax and cross-entropy in one, and the L2 penalty."""

from collections.abc import Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array, IntArray
from handgrad.courses.cs5242.shapes import as_float
from handgrad.errors import ShapeError

__all__ = ["L2", "Loss", "Regularization", "SoftmaxCrossEntropy"]


class Loss:
    """The base of the losses."""

    def forward(self, inputs: AnyArray, targets: IntArray) -> tuple[np.float64, Array]:
        """The loss, and what the network's outputs mean."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(inputs, targets)")

    def backward(self, inputs: AnyArray, targets: IntArray) -> Array:
        """The derivative of the loss with respect to inputs."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward(inputs, targets)")


class SoftmaxCrossEntropy(Loss):
    """Softmax and cross-entropy, written together for the sake of large numbers; mean over the batch.

    Arguments:
        num_class: how many classes there are.

    Example:
        >>> loss, probs = SoftmaxCrossEntropy(num_class=2).forward(np.zeros((1, 2)), np.array([1]))
        >>> float(loss.round(4)), probs
        (0.6931, array([[0.5, 0.5]]))
    """

    def __init__(self, num_class: int) -> None:
        self.num_class = num_class

    def forward(self, inputs: AnyArray, targets: IntArray) -> tuple[np.float64, Array]:
        """Loss and probabilities.

        Arguments:
            inputs: (batch, num_class).
            targets: (batch,), class numbers.

        Returns:
            the mean loss, and the probabilities (batch, num_class).

        Raises:
            ShapeError, DataError: arrays that do not fit.
        """
        loss, (probs, _) = ops.cross_entropy_forward(*self._checked(inputs, targets))
        return np.float64(loss), probs

    def backward(self, inputs: AnyArray, targets: IntArray) -> Array:
        """The derivative of the mean loss.

        Arguments:
            inputs: (batch, num_class).
            targets: (batch,), class numbers.

        Returns:
            (batch, num_class).

        Raises:
            ShapeError, DataError: arrays that do not fit.
        """
        _, cache = ops.cross_entropy_forward(*self._checked(inputs, targets))
        return ops.cross_entropy_backward(1.0, cache)

    def _checked(self, inputs: AnyArray, targets: IntArray) -> tuple[Array, IntArray]:
        inputs, targets = as_float(inputs), np.asarray(targets)
        fits = inputs.ndim == 2 and inputs.shape[1] == self.num_class and targets.shape == inputs.shape[:1]
        if not fits or targets.dtype.kind not in "iu":
            shape = f"(batch, num_class = {self.num_class})"
            raise ShapeError(
                "SoftmaxCrossEntropy",
                expected=f"inputs of shape {shape} and targets (batch,), whole numbers",
                got=f"{inputs.shape} and {targets.shape}, {targets.dtype}",
            )
        return inputs, targets


class Regularization:
    """The base of the penalties."""

    def forward(self, params: Mapping[str, Array]) -> np.float64:
        """The penalty of all parameters together."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(params)")

    def backward(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Its derivative with respect to each parameter, by name."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward(params)")


class L2(Regularization):
    """Half of w times the sum of all squared weights; biases are free.

    Arguments:
        w: the factor, the course's lambda.

    Example:
        >>> penalty = L2(w=0.5)
        >>> float(penalty.forward({"layer-0th:fc/weights": np.array([1.0, 2.0])}))
        1.25
        >>> penalty.backward({"layer-0th:fc/weights": np.array([1.0, 2.0]), "layer-0th:fc/bias": np.ones(1)})
        {'layer-0th:fc/weights': array([0.5, 1. ]), 'layer-0th:fc/bias': array([0.])}
    """

    def __init__(self, w: float = 0.01) -> None:
        self.w = w

    def forward(self, params: Mapping[str, Array]) -> np.float64:
        """Arguments: params by name. Returns: the penalty."""
        squares = (np.sum(np.square(value)) for name, value in params.items() if "weights" in name)
        return np.float64(0.5 * self.w * sum(squares))

    def backward(self, params: Mapping[str, Array]) -> dict[str, Array]:
        """Arguments: params by name. Returns: w times each weight, and zeros for biases, by name."""
        return {
            name: self.w * value if "weights" in name else np.zeros_like(value)
            for name, value in params.items()
        }
