"""The course's `Layer`, and its layers without parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.thu.functions import avgpool2d_backward, avgpool2d_forward
from handgrad.courses.thu.shapes import as_float, require_shape, require_whole
from handgrad.errors import ArgumentError, ShapeError

Config = Mapping[str, float]
"""The course's ``config``; an update reads learning_rate, momentum and weight_decay."""


class Layer:
    """The base of the course's layers, and of a student's own.

    Arguments:
        name: for the student's eyes only.
        trainable: whether `update` changes anything.

    Example:
        >>> Layer("mine").trainable
        False
    """

    def __init__(self, name: str, trainable: bool = False) -> None:
        self.name = name
        self.trainable = trainable
        self._saved_tensor: Any = None

    def forward(self, input: AnyArray) -> Array:
        """The layer's output; keeps what the backward pass needs."""
        raise NotImplementedError

    def backward(self, grad_output: AnyArray) -> Array:
        """The gradient of the layer's last input; keeps those of its parameters."""
        raise NotImplementedError

    def update(self, config: Config) -> None:
        """Change the parameters by their gradients; here there are none."""

    def _where(self) -> str:
        return f"layer {self.name!r}, {type(self).__name__}"

    def _saved_for_backward(self, tensor: Any) -> None:
        self._saved_tensor = tensor

    def _saved(self) -> Any:
        if self._saved_tensor is None:
            raise ArgumentError(
                self._where(),
                expected="a forward pass before it",
                got="none",
                hint="call forward(input) first",
            )
        return self._saved_tensor

    def _shaped(self, grad_output: AnyArray, shape: tuple[int, ...]) -> Array:
        return require_shape(self._where(), "grad_output", grad_output, shape, "the output's")


class Relu(Layer):
    """max(input, 0); the gradient at exactly 0 is 0.

    Example:
        >>> Relu("relu").forward(np.array([[-1.0, 2.0]]))
        array([[0., 2.]])
    """

    def forward(self, input: AnyArray) -> Array:
        """Of any shape."""
        output, positive = ops.relu_forward(as_float(input))
        self._saved_for_backward(positive)
        return output

    def backward(self, grad_output: AnyArray) -> Array:
        """Shaped as the input."""
        positive = self._saved()
        return ops.relu_backward(self._shaped(grad_output, positive.shape), positive)


class Sigmoid(Layer):
    """1 / (1 + exp(-input)).

    Example:
        >>> Sigmoid("sigmoid").forward(np.array([[0.0]]))
        array([[0.5]])
    """

    def forward(self, input: AnyArray) -> Array:
        """Of any shape."""
        output, cache = ops.sigmoid_forward(as_float(input))
        self._saved_for_backward(cache)  # which is the output itself
        return output

    def backward(self, grad_output: AnyArray) -> Array:
        """Shaped as the input."""
        output = self._saved()
        return ops.sigmoid_backward(self._shaped(grad_output, output.shape), output)


class Reshape(Layer):
    """The same numbers in another shape, such as (-1, 784) between the last map and the first `Linear`.

    Arguments:
        name: for the student's eyes only.
        new_shape: of the output; one size may be -1.

    Example:
        >>> Reshape("flatten", (-1, 784)).forward(np.zeros((2, 1, 28, 28))).shape
        (2, 784)
    """

    def __init__(self, name: str, new_shape: Sequence[int]) -> None:
        super().__init__(name)
        self.new_shape = new_shape

    def forward(self, input: AnyArray) -> Array:
        """Raise a `ShapeError` where the sizes do not divide."""
        try:
            output: Array = np.reshape(input, tuple(self.new_shape))
        except ValueError:
            raise ShapeError(
                self._where(),
                expected=f"an input that can have the shape {tuple(self.new_shape)}",
                got=str(np.shape(input)),
                hint="new_shape is (-1, channels * height * width) of the maps before it",
            ) from None
        self._saved_for_backward((np.shape(input), output.shape))
        return output

    def backward(self, grad_output: AnyArray) -> Array:
        """The gradient in the shape of the input."""
        before, after = self._saved()
        return np.reshape(self._shaped(grad_output, after), before)


class AvgPool2D(Layer):
    """Average-pooling as a layer; stride = kernel_size.

    Arguments:
        name: for the student's eyes only.
        kernel_size: of the window.
        pad: zeros added on every side.

    Raises:
        ArgumentError: a kernel_size that is no whole number from 1 on, or a pad that is none from 0 on.

    Example:
        >>> AvgPool2D("pool1", 2, 0).forward(np.zeros((2, 8, 28, 28))).shape
        (2, 8, 14, 14)
    """

    def __init__(self, name: str, kernel_size: int, pad: int) -> None:
        super().__init__(name)
        require_whole(self._where(), 1, kernel_size=kernel_size)
        require_whole(self._where(), 0, pad=pad)
        self.kernel_size, self.pad = kernel_size, pad

    def forward(self, input: AnyArray) -> Array:
        """From n x c_in x h_in x w_in to n x c_in x h_out x w_out."""
        self._saved_for_backward(input)
        return avgpool2d_forward(input, self.kernel_size, self.pad)

    def backward(self, grad_output: AnyArray) -> Array:
        """From n x c_in x h_out x w_out to n x c_in x h_in x w_in."""
        return avgpool2d_backward(self._saved(), grad_output, self.kernel_size, self.pad)
