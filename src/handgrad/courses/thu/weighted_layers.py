"""The course's layers with W and b: their parameters, gradients and momentum."""

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.thu.functions import conv2d, conv2d_gradients
from handgrad.courses.thu.plain_layers import Config, Layer
from handgrad.courses.thu.shapes import as_float, require_shape, require_whole
from handgrad.errors import ArgumentError, ShapeError


class _Trained(Layer):
    """A layer with W and b: first values from NumPy's global generator, as `np.random.seed` sets it."""

    def __init__(self, name: str, shape: tuple[int, ...], outputs: int, init_std: float) -> None:
        super().__init__(name, trainable=True)
        self.W: Array = np.random.randn(*shape) * init_std
        self.b: Array = np.zeros(outputs)
        self.grad_W: Array = np.zeros(shape)
        self.grad_b: Array = np.zeros(outputs)
        self.diff_W: Array = np.zeros(shape)
        self.diff_b: Array = np.zeros(outputs)

    def update(self, config: Config) -> None:
        """diff = momentum * diff + (grad + weight_decay * param), param = param - learning_rate * diff.

        W and b alike. Both become new arrays: a reference to the old ones keeps the old values.

        Raises:
            ArgumentError: config lacks one of the three settings.
        """
        names = ("learning_rate", "momentum", "weight_decay")
        missing = [name for name in names if name not in config]
        if missing:
            raise ArgumentError(
                self._where(),
                expected=f"config with the keys {', '.join(names)}",
                got=f"one without {', '.join(missing)}",
                hint="0.0 stands for no momentum and no weight decay",
            )
        rate, momentum, decay = (config[name] for name in names)
        self.diff_W = momentum * self.diff_W + (self.grad_W + decay * self.W)
        self.W = self.W - rate * self.diff_W
        self.diff_b = momentum * self.diff_b + (self.grad_b + decay * self.b)
        self.b = self.b - rate * self.diff_b


class Linear(_Trained):
    """output = input W + b.

    Arguments:
        name: for the student's eyes only.
        in_num, out_num: features in and out; W is (in_num, out_num).
        init_std: the standard deviation of the first W; b begins at 0.

    Raises:
        ArgumentError: a number of features that is no whole number from 1 on.
        ShapeError: an input that is not n x in_num.

    Example:
        >>> Linear("fc1", 784, 10, 0.01).forward(np.zeros((2, 784))).shape
        (2, 10)
    """

    def __init__(self, name: str, in_num: int, out_num: int, init_std: float) -> None:
        require_whole(f"layer {name!r}, Linear", 1, in_num=in_num, out_num=out_num)
        super().__init__(name, (in_num, out_num), out_num, init_std)
        self.in_num, self.out_num = in_num, out_num

    def forward(self, input: AnyArray) -> Array:
        """From n x in_num to n x out_num."""
        output, cache = ops.linear_forward(self._rows(input), self.W.T, self.b)  # (N, I) @ (I, O) -> (N, O)
        self._saved_for_backward((output.shape, cache))
        return output

    def backward(self, grad_output: AnyArray) -> Array:
        """From n x out_num to n x in_num."""
        shape, cache = self._saved()
        grad_output = require_shape(self._where(), "grad_output", grad_output, shape, "n x out_num")
        grad_input, dweight, dbias = ops.linear_backward(grad_output, cache)
        assert dbias is not None  # there was a bias
        self.grad_W, self.grad_b = dweight.T, dbias  # (O, I) -> (I, O)
        return grad_input

    def _rows(self, input: AnyArray) -> Array:
        floats = as_float(input)
        if floats.ndim != 2 or floats.shape[1] != self.in_num:
            raise ShapeError(
                self._where(),
                expected=f"input of shape n x in_num = (n, {self.in_num})",
                got=str(floats.shape),
                hint=f"put Reshape(name, (-1, {self.in_num})) before it" if floats.ndim == 4 else "",
            )
        return floats


class Conv2D(_Trained):
    """The course's convolution as a layer; stride 1.

    Arguments:
        name: for the student's eyes only.
        in_channel, out_channel: c_in and c_out.
        kernel_size: k; W is c_out x c_in x k x k.
        pad: zeros added on every side.
        init_std: the standard deviation of the first W; b begins at 0.

    Raises:
        ArgumentError: channels or a kernel_size that are no whole numbers from 1 on, or a pad that is
            none from 0 on.
        ShapeError: an input that is not n x c_in x h_in x w_in.

    Example:
        >>> Conv2D("conv1", 1, 8, 3, 1, 0.1).forward(np.zeros((2, 1, 28, 28))).shape
        (2, 8, 28, 28)
    """

    def __init__(
        self, name: str, in_channel: int, out_channel: int, kernel_size: int, pad: int, init_std: float
    ) -> None:
        where, channels = f"layer {name!r}, Conv2D", {"in_channel": in_channel, "out_channel": out_channel}
        require_whole(where, 1, **channels, kernel_size=kernel_size)
        require_whole(where, 0, pad=pad)
        super().__init__(name, (out_channel, in_channel, kernel_size, kernel_size), out_channel, init_std)
        self.kernel_size, self.pad = kernel_size, pad

    def forward(self, input: AnyArray) -> Array:
        """From n x c_in x h_in x w_in to n x c_out x h_out x w_out."""
        forward = conv2d(self._where(), input, self.W, self.b, self.kernel_size, self.pad)
        self._saved_for_backward(forward)
        return forward[0]

    def backward(self, grad_output: AnyArray) -> Array:
        """From n x c_out x h_out x w_out to n x c_in x h_in x w_in."""
        forward = self._saved()
        grad_input, self.grad_W, self.grad_b = conv2d_gradients(self._where(), grad_output, forward)
        return grad_input
