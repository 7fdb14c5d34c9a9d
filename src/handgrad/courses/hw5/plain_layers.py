"""The layers of ``nn_layers.py`` without weights: max-pooling, ReLU, softmax and cross-entropy."""

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.hw5.shapes import IMAGES, expect, real, size
from handgrad.errors import ShapeError


class nn_max_pooling_layer:
    """Each window's largest number; document, section 3.1.

    Arguments:
        stride: from window to window.
        pool_size: the window's side.

    Of equal maxima the first in row-major order takes the gradient.

    Raises:
        ArgumentError: a stride or size that is no whole number above 0.

    Example:
        >>> nn_max_pooling_layer(stride=2, pool_size=2).forward(np.zeros((16, 28, 26, 26))).shape
        (16, 28, 13, 13)
    """

    def __init__(self, stride: int, pool_size: int) -> None:
        self.stride = size("nn_max_pooling_layer", "stride", stride)
        self.pool_size = size("nn_max_pooling_layer", "pool_size", pool_size)

    def forward(self, x: AnyArray) -> Array:
        """(batch_size, channels, in_width, in_height) to (batch_size, channels, out_width, out_height).

        Raises:
            ShapeError: another shape, or maps smaller than the window.
        """
        x = expect("nn_max_pooling_layer.forward", "x", x, *IMAGES)
        return ops.max_pool2d_forward(x, self.pool_size, self.stride)[0]

    def backprop(self, x: AnyArray, dLdy: AnyArray) -> Array:
        """The gradient dLdx, shaped as x: dLdy where a window's maximum was, 0 elsewhere.

        Raises:
            ShapeError: x or dLdy does not have the shape of `forward`'s input or output.
        """
        where = "nn_max_pooling_layer.backprop"
        y, cache = ops.max_pool2d_forward(expect(where, "x", x, *IMAGES), self.pool_size, self.stride)
        return ops.max_pool2d_backward(expect(where, "dLdy", dLdy, *y.shape), cache)


class nn_activation_layer:
    """ReLU, on arrays of any shape; at exactly 0 no gradient passes.

    Example:
        >>> nn_activation_layer().forward(np.array([-1.0, 2.0]))
        array([0., 2.])
    """

    def forward(self, x: AnyArray) -> Array:
        """The larger of x and 0; x is left as it is."""
        return ops.relu_forward(real(x))[0]

    def backprop(self, x: AnyArray, dLdy: AnyArray) -> Array:
        """What arrives, dLdy, where x is positive, else 0.

        Raises:
            ShapeError: dLdy is not shaped as x.
        """
        y, cache = ops.relu_forward(real(x))
        return ops.relu_backward(expect("nn_activation_layer.backprop", "dLdy", dLdy, *y.shape), cache)


class nn_softmax_layer:
    """Scores of each class to its probability.

    Example:
        >>> nn_softmax_layer().forward(np.zeros((1, 4)))
        array([[0.25, 0.25, 0.25, 0.25]])
    """

    def forward(self, x: AnyArray) -> Array:
        """(batch_size, classes) to the same shape; each row adds up to 1.

        Raises:
            ShapeError: another shape.
        """
        return ops.softmax_forward(expect("nn_softmax_layer.forward", "x", x, "batch_size", "classes"))[0]

    def backprop(self, x: AnyArray, dLdy: AnyArray) -> Array:
        """Each row of dLdy times the Jacobian diag(y) - y y' of its row of x; nothing of any loss is assumed.

        Raises:
            ShapeError: other shapes.
        """
        where = "nn_softmax_layer.backprop"
        y, cache = ops.softmax_forward(expect(where, "x", x, "batch_size", "classes"))
        return ops.softmax_backward(expect(where, "dLdy", dLdy, *y.shape), cache)


class nn_cross_entropy_layer:
    """The mean of -log of the probability that was given to the true class.

    Example:
        >>> nn_cross_entropy_layer().forward(np.array([[0.5, 0.5]]), np.array([1])).round(4)
        np.float64(0.6931)
    """

    def forward(self, x: AnyArray, y: AnyArray) -> np.float64:
        """The loss, in nats; a probability of 0 counts as the smallest normal number.

        Arguments:
            x: (batch_size, classes), probabilities.
            y: (batch_size,), whole numbers.

        Raises:
            ShapeError: other shapes, or labels that are no whole numbers.
            DataError: a label that is no class.
        """
        return np.float64(ops.probability_cross_entropy_forward(*self._pair("forward", x, y))[0])

    def backprop(self, x: AnyArray, y: AnyArray) -> Array:
        """The gradient with respect to x: -1 / (batch_size * x) at the true class, 0 elsewhere.

        Raises:
            ShapeError: other shapes, or labels that are no whole numbers.
            DataError: a label that is no class.
        """
        _, cache = ops.probability_cross_entropy_forward(*self._pair("backprop", x, y))
        return ops.probability_cross_entropy_backward(1.0, cache)

    @staticmethod
    def _pair(method: str, x: AnyArray, y: AnyArray) -> tuple[Array, AnyArray]:
        where = f"nn_cross_entropy_layer.{method}"
        x = expect(where, "x", x, "batch_size", "classes")
        expect(where, "y", y, len(x))
        labels = np.asarray(y)
        if labels.dtype.kind not in "iu":
            expected = f"y of shape ({len(x)},), whole numbers"
            raise ShapeError(where, expected=expected, got=f"{labels.shape}, {labels.dtype}")
        return x, labels
