"""The course's layers with parameters: convolution and the fully connected one."""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.cs5242.initializers import Guassian, Initializer
from handgrad.courses.cs5242.layer import Weighted
from handgrad.courses.cs5242.shapes import as_float, maps, upstream, whole_settings
from handgrad.errors import ShapeError

DEFAULT = Guassian()


class Convolution(Weighted):
    """Convolution (cross-correlation), as a product of matrices.

    Arguments:
        conv_params: ``kernel_h``, ``kernel_w``, ``pad``, ``stride``, ``in_channel``, ``out_channel``.
        initializer: of the weights (out_channel, in_channel, kernel_h, kernel_w); the bias begins at 0.
        name: of the layer.

    Raises:
        ArgumentError: a key is missing or no whole number.

    Example:
        >>> layer = Convolution(
        ...     {"kernel_h": 3, "kernel_w": 3, "pad": 0, "stride": 1, "in_channel": 1, "out_channel": 6}
        ... )
        >>> layer.forward(np.zeros((2, 1, 28, 28))).shape
        (2, 6, 26, 26)
    """

    def __init__(
        self, conv_params: dict[str, Any], initializer: Initializer = DEFAULT, name: str = "conv"
    ) -> None:
        super().__init__(name=name)
        keys = ("kernel_h", "kernel_w", "pad", "stride", "in_channel", "out_channel")
        values = whole_settings(f"Convolution {name!r}: conv_params", conv_params, *((key,) for key in keys))
        self.kernel_h, self.kernel_w, self.pad, self.stride, self.in_channel, self.out_channel = values
        shape = (self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        self.begin(initializer.initialize(shape), np.zeros(self.out_channel))

    def forward(self, inputs: AnyArray) -> Array:
        """The convolved maps.

        Arguments:
            inputs: (N, C, H, W).

        Returns:
            (N, F, H', W') with H' = 1 + (H + 2 pad - kernel_h) // stride.

        Raises:
            ShapeError: inputs of another shape, or smaller than the kernel.
        """
        return self._apply(inputs)[0]

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """The derivative with respect to inputs; those of weights and bias go to `w_grad` and `b_grad`.

        Arguments:
            in_grads: (N, F, H', W').
            inputs: (N, C, H, W).

        Returns:
            (N, C, H, W).

        Raises:
            ShapeError: an array has another shape.
        """
        outputs, cache = self._apply(inputs)
        in_grads = upstream(f"Convolution {self.name!r}", in_grads, outputs.shape, "(N, F, H', W')")
        out_grads, self.w_grad, b_grad = ops.conv2d_backward(in_grads, cache)
        assert b_grad is not None  # the course's convolution always has a bias
        self.b_grad = b_grad
        return out_grads

    def _apply(self, inputs: AnyArray) -> tuple[Array, Any]:
        x = maps(f"Convolution {self.name!r}", inputs, self.in_channel)
        return ops.conv2d_forward(x, self.weights, self.bias, self.stride, self.pad)


class FCLayer(Weighted):
    """A fully connected layer: outputs = inputs · weights + bias.

    Arguments:
        in_features: of one input.
        out_features: of one output.
        name: of the layer.
        initializer: of the weights (in_features, out_features), and of the bias too.

    Raises:
        ArgumentError: a number of features that is no whole number.

    Example:
        >>> FCLayer(in_features=20, out_features=100).forward(np.zeros((10, 20))).shape
        (10, 100)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        name: str = "fclayer",
        initializer: Initializer = DEFAULT,
    ) -> None:
        super().__init__(name=name)
        sizes = {"in_features": in_features, "out_features": out_features}
        in_features, out_features = whole_settings(f"FCLayer {name!r}", sizes, *((key,) for key in sizes))
        weights = initializer.initialize((in_features, out_features))
        self.begin(weights, initializer.initialize(out_features))

    def forward(self, inputs: AnyArray) -> Array:
        """Arguments: inputs (batch, ..., in_features). Returns: (batch, ..., out_features).

        Raises:
            ShapeError: inputs of another shape.
        """
        return self._apply(inputs)[0]

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """The derivative with respect to inputs; those of weights and bias go to `w_grad` and `b_grad`.

        Arguments:
            in_grads: (batch, ..., out_features).
            inputs: (batch, ..., in_features).

        Returns:
            (batch, ..., in_features).

        Raises:
            ShapeError: an array has another shape.
        """
        outputs, cache = self._apply(inputs)
        words = "(batch, ..., out_features)"
        in_grads = upstream(f"FCLayer {self.name!r}", in_grads, outputs.shape, words)
        out_grads, dweight, b_grad = ops.linear_backward(in_grads, cache)
        assert b_grad is not None  # the course's layer always has a bias
        self.w_grad, self.b_grad = np.ascontiguousarray(dweight.T), b_grad
        return out_grads

    def _apply(self, inputs: AnyArray) -> tuple[Array, Any]:
        x, features = as_float(inputs), len(self.weights)
        if x.ndim < 2 or x.shape[-1] != features:
            raise ShapeError(
                f"FCLayer {self.name!r}",
                expected=f"inputs of shape (batch, ..., in_features) = (batch, ..., {features})",
                got=str(x.shape),
                hint="put Flatten() before the first FCLayer" if x.ndim == 4 else "",
            )
        return ops.linear_forward(x, self.weights.T, self.bias)  # weights (in, out) -> (out, in)
