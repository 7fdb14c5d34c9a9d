"""Layers that shrink feature maps: `MaxPool2d` and `AvgPool2d`."""

import numpy as np

from handgrad._typing import Array, Shape, Size
from handgrad.nn.checked import window
from handgrad.nn.layer import Gradients, Layer
from handgrad.ops.avg_pool2d import AvgPool2dCache, avg_pool2d_backward, avg_pool2d_forward
from handgrad.ops.max_pool2d import MaxPool2dCache, max_pool2d_backward, max_pool2d_forward
from handgrad.ops.windows import check_window


class Pool2d(Layer):
    """What both poolings share: a window, its stride and its padding."""

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        name = type(self).__name__
        self.kernel_size = window(name, "kernel_size", kernel_size)
        self.stride = None if stride is None else window(name, "stride", stride)
        self.padding = window(name, "padding", padding, at_least=0)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) to (C, OH, OW)."""
        stride = self.kernel_size if self.stride is None else self.stride
        shape = (1, *input_shape)
        outputs = check_window(type(self).__name__, shape, self.kernel_size, stride, self.padding)
        return input_shape[0], *outputs


class MaxPool2d(Pool2d):
    """Each window passes on its largest pixel.

    Arguments:
        kernel_size: of the window, in pixels, one number or (vertical, horizontal).
        stride: from window to window; None: as far as the window is large.
        padding: in pixels, at most half the window; counts as −∞.

    Shapes: x (N, C, H, W) to y (N, C, OH, OW).

    Example:
        >>> MaxPool2d(2).output_shape((20, 24, 24))
        (20, 12, 12)
    """

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, MaxPool2dCache]:
        """The largest pixel of each window."""
        return max_pool2d_forward(x, self.kernel_size, self.stride, self.padding)

    def backward(self, dy: Array, cache: MaxPool2dCache) -> tuple[Array, Gradients]:
        """Dx: each gradient goes to the pixel that won."""
        return max_pool2d_backward(dy, cache), {}


class AvgPool2d(Pool2d):
    """Each window passes on the mean of its pixels.

    Arguments:
        kernel_size: of the window, in pixels, one number or (vertical, horizontal).
        stride: from window to window; None: as far as the window is large.
        padding: in pixels, at most half the window; counts as zeros, in the divisor too.

    Shapes: x (N, C, H, W) to y (N, C, OH, OW).

    Example:
        >>> AvgPool2d(2).output_shape((8, 28, 28))
        (8, 14, 14)
    """

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, AvgPool2dCache]:
        """The mean of each window."""
        return avg_pool2d_forward(x, self.kernel_size, self.stride, self.padding)

    def backward(self, dy: Array, cache: AvgPool2dCache) -> tuple[Array, Gradients]:
        """Dx: each gradient is shared evenly over its window."""
        return avg_pool2d_backward(dy, cache), {}
