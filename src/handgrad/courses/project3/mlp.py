"""The multi-layer perceptron of Project 3 and its helper functions, under the template's names."""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.errors import DataError, ShapeError

PIXELS, HIDDEN, DIGITS = 784, 64, 10


def softmax(x: AnyArray) -> Array:
    """Probabilities of scores: of one vector, or of each row of a batch.

    Arguments:
        x: (10,), (N, 10), or a column (10, 1).

    Returns:
        Shaped as x; each vector's elements add up to 1.

    Example:
        >>> softmax(np.array([0.0, 0.0]))
        array([0.5, 0.5])
    """
    scores = _real(x)
    column = scores.ndim == 2 and scores.shape[1] == 1
    return ops.softmax_forward(scores, axis=0 if column else -1)[0]


def sigmoid(x: AnyArray) -> Array:
    """1 / (1 + e⁻ˣ), for each element.

    Arguments:
        x: any shape.

    Example:
        >>> sigmoid(np.array([0.0]))
        array([0.5])
    """
    return ops.sigmoid_forward(_real(x))[0]


def CrossEntropy(y_hat: AnyArray, y: AnyArray) -> float:
    """−Σ yᵏ log ŷᵏ, added up over the examples as `MLP.update_grad` adds up their gradients.

    Arguments:
        y_hat: probabilities, (10,) or (N, 10).
        y: one-hot, of the same shape.

    Raises:
        ShapeError: two shapes that differ.

    Example:
        >>> round(CrossEntropy(np.array([0.25, 0.75]), np.array([0, 1])), 4)
        0.2877
    """
    probabilities, truth = _real(y_hat), _real(y)
    if probabilities.shape != truth.shape:
        raise ShapeError(
            "CrossEntropy", expected=f"y of y_hat's shape, {probabilities.shape}", got=str(truth.shape)
        )
    kept = np.maximum(probabilities, np.finfo(probabilities.dtype).tiny)  # 0 · log 0 is to be 0
    return -float((truth * np.log(kept)).sum())


def one_hot(labels: AnyArray) -> Array:
    """Labels as rows of ten, with a 1 at the label.

    Arguments:
        labels: one digit, or (N,) digits from 0 to 9.

    Returns:
        (10,), or (N, 10).

    Raises:
        DataError: something else than digits.

    Example:
        >>> one_hot(np.array([1, 0]))[:, :3]
        array([[0., 1., 0.],
               [1., 0., 0.]])
    """
    digits = np.asarray(labels)
    if digits.dtype.kind not in "ui" or (digits.size and not 0 <= digits.min() <= digits.max() < DIGITS):
        raise DataError("one_hot", expected="whole numbers from 0 to 9", got=str(labels)[:60])
    rows: Array = np.eye(DIGITS)[digits]  # (N,) -> (N, 10)
    return rows


class MLP:
    """ŷ = softmax(W₂ σ(W₁ x + b₁) + b₂), with 64 hidden units.

    The weights are drawn from NumPy's global random numbers (``np.random.seed`` decides which), Gaussian with
    deviation 0.1; the biases are 0. `forward` keeps ``x``, ``W1x``, ``a1``, ``f1``, ``W2x``, ``a2`` and
    ``y_hat``. All numbers are float64.

    Example:
        >>> net, x, y = MLP(), np.zeros(784), one_hot(np.array(3))
        >>> net.reset_grad()
        >>> net.forward(x).shape
        (10,)
        >>> net.update_grad(y)
        >>> net.update_params(0.001)
    """

    W1: AnyArray
    b1: AnyArray
    W2: AnyArray
    b2: AnyArray

    def __init__(self) -> None:
        self.W1 = np.random.normal(0, 0.1, (HIDDEN, PIXELS))
        self.b1 = np.zeros(HIDDEN)
        self.W2 = np.random.normal(0, 0.1, (DIGITS, HIDDEN))
        self.b2 = np.zeros(DIGITS)
        self.reset_grad()

    def reset_grad(self) -> None:
        """Set the four sums of gradients to 0: to the number, as the template does."""
        self.W1_grad: Any = 0
        self.b1_grad: Any = 0
        self.W2_grad: Any = 0
        self.b2_grad: Any = 0

    def forward(self, x: AnyArray) -> Array:
        """Feed one image or a batch through the network.

        Arguments:
            x: (784,), or (N, 784).

        Returns:
            y_hat: (10,), or (N, 10).

        Raises:
            ShapeError: another shape.
        """
        image = np.asarray(x)
        if image.ndim not in (1, 2) or image.shape[-1] != self.W1.shape[1]:
            pixels = self.W1.shape[1]
            raise ShapeError(
                "MLP.forward",
                expected=f"x of shape ({pixels},) or (N, {pixels})",
                got=str(image.shape),
                hint="flatten the images, one a row",
            )
        self.x = image
        self.W1x = _rows_through(image, self.W1)
        self.a1 = self.W1x + self.b1
        self.f1 = sigmoid(self.a1)
        self.W2x = _rows_through(self.f1, self.W2)
        self.a2 = self.W2x + self.b2
        self.y_hat = softmax(self.a2)
        return self.y_hat

    def update_grad(self, y: AnyArray) -> None:
        """Add the gradients of the cross-entropy of the last `forward`, summed over its examples.

        Arguments:
            y: one-hot, shaped as ``y_hat``: (10,) or (N, 10).

        Raises:
            ShapeError: another shape, or no `forward` before.
        """
        found = getattr(self, "y_hat", None)
        truth = np.asarray(y)
        if found is None or truth.shape != found.shape:
            expected = "a forward(x) before it" if found is None else f"y of y_hat's shape, {found.shape}"
            got = "none" if found is None else str(truth.shape)
            raise ShapeError(
                "MLP.update_grad", expected=expected, got=got, hint="one_hot makes rows of labels"
            )
        dL_da2 = np.atleast_2d(found - truth)  # the document's own ∂L/∂a2; (10,) -> (1, 10)
        f1, x = np.atleast_2d(self.f1), np.atleast_2d(self.x)  # (64,) -> (1, 64), (784,) -> (1, 784)
        dL_df1, dL_dW2, dL_db2 = ops.linear_backward(dL_da2, (f1, self.W2, True))
        dL_da1 = ops.sigmoid_backward(dL_df1, f1)
        _, dL_dW1, dL_db1 = ops.linear_backward(dL_da1, (x, self.W1, True))
        self.W2_grad = self.W2_grad + dL_dW2
        self.b2_grad = self.b2_grad + dL_db2
        self.W1_grad = self.W1_grad + dL_dW1
        self.b1_grad = self.b1_grad + dL_db1

    def update_params(self, learning_rate: float) -> None:
        """Take one step against the sums of gradients; the parameters become new arrays.

        Arguments:
            learning_rate: of the summed gradient: 0.001 with 256 images is 0.256 on their mean.
        """
        self.W2 = self.W2 - learning_rate * self.W2_grad
        self.b2 = self.b2 - learning_rate * np.reshape(self.b2_grad, -1)
        self.W1 = self.W1 - learning_rate * self.W1_grad
        self.b1 = self.b1 - learning_rate * np.reshape(self.b1_grad, -1)


def _rows_through(x: AnyArray, weight: AnyArray) -> Array:
    """W x for one vector, or for each row of a batch."""
    y, _ = ops.linear_forward(np.atleast_2d(x), weight)  # (N, I) @ (I, O) -> (N, O)
    return y if x.ndim == 2 else y[0]


def _real(x: AnyArray) -> Array:
    """As float64, where it is not a float already."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(np.float64)
