"""Layers with a weight and a bias: `Linear` and `Conv2d`."""

from math import prod, sqrt
from typing import Literal

import numpy as np

from handgrad._typing import Array, Shape, Size, pair
from handgrad.errors import ArgumentError, ShapeError
from handgrad.nn.checked import positive, window
from handgrad.nn.initialisers import Initialiser, Uniform, fans
from handgrad.nn.layer import Gradients, Layer
from handgrad.nn.parameter import Parameter
from handgrad.ops.conv2d import Conv2dCache, conv2d_backward, conv2d_forward
from handgrad.ops.linear import LinearCache, linear_backward, linear_forward
from handgrad.ops.windows import check_window

Padding = Size | Literal["valid", "same"]


class Affine(Layer):
    """What `Linear` and `Conv2d` share: how weight and bias are drawn."""

    weight: Parameter
    bias: Parameter | None

    def __init__(self, bias: bool, weight_init: Initialiser | None, bias_init: Initialiser | None) -> None:
        self.weight_init = weight_init
        self.bias_init = bias_init
        self._use_bias = bias
        if not bias:
            self.bias = None  # known at once, while with sizes left open there is no array yet
        self._input_shape: Shape | None = None

    def _declare(self, shape: Shape) -> None:
        """Create weight and bias; PyTorch's default for both is uniform within ±1/√fan_in."""
        bound = 1 / sqrt(fans(shape)[0])

        def draw(initialiser: Initialiser | None, shape: Shape, rng: np.random.Generator) -> Array:
            return (initialiser or Uniform(-bound, bound))(shape, rng, self._input_shape)

        self.weight = Parameter(draw=lambda rng: draw(self.weight_init, shape, rng))
        if self._use_bias:
            self.bias = Parameter(draw=lambda rng: draw(self.bias_init, shape[:1], rng), is_bias=True)

    def _bias_value(self) -> Array | None:
        return None if self.bias is None else self.bias.value


def named(dweight: Array, dbias: Array | None) -> Gradients:
    """The gradients by parameter name."""
    return {"weight": dweight} if dbias is None else {"weight": dweight, "bias": dbias}


class Linear(Affine):
    """A fully connected layer, y = x Wᵀ + b.

    Arguments:
        in_features: I; None: taken from the first input.
        out_features: O.
        bias: whether b is added.
        weight_init, bias_init: initialisers; None: uniform within ±1/√I, as in PyTorch.

    Shapes: x (N, I) to y (N, O); ``weight`` (O, I), ``bias`` (O,).

    Raises:
        ShapeError: x does not end in I features.

    Example:
        >>> Linear(800, 500).output_shape((800,))
        (500,)
    """

    def __init__(
        self,
        in_features: int | None,
        out_features: int,
        bias: bool = True,
        *,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
    ) -> None:
        super().__init__(bias, weight_init, bias_init)
        self.in_features = in_features
        self.out_features = positive("Linear", "out_features", out_features)
        if in_features is not None:
            self._declare((out_features, positive("Linear", "in_features", in_features)))

    def infer(self, input_shape: Shape) -> None:
        """Take ``in_features`` from the first input, where it was left open."""
        self.output_shape(input_shape)
        self._input_shape = input_shape
        if self.in_features is None:
            self.in_features = input_shape[-1]
            self._declare((self.out_features, self.in_features))

    def output_shape(self, input_shape: Shape) -> Shape:
        """(I,) to (O,)."""
        if not input_shape or input_shape[-1] != (self.in_features or input_shape[-1]):
            raise ShapeError(
                "linear",
                expected=f"x of shape (N, {self.in_features or 'I'})",
                got=f"(N, {', '.join(map(str, input_shape))})",
                hint="put Flatten() between them" if len(input_shape) == 3 else "",
            )
        return (*input_shape[:-1], self.out_features)

    def multiply_adds(self, input_shape: Shape) -> int:
        """I · O."""
        return prod(input_shape) * self.out_features

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, LinearCache]:
        """y = x Wᵀ + b."""
        if self.in_features is None:
            self.infer(x.shape[1:])
        return linear_forward(x, self.weight.value, self._bias_value())

    def backward(self, dy: Array, cache: LinearCache) -> tuple[Array, Gradients]:
        """Dx, and the gradients of weight and bias."""
        dx, dweight, dbias = linear_backward(dy, cache)
        return dx, named(dweight, dbias)


class Conv2d(Affine):
    """A convolution of feature maps (cross-correlation, as in PyTorch).

    Arguments:
        in_channels: C; None: taken from the first input.
        out_channels: O.
        kernel_size: in pixels, one number or (vertical, horizontal).
        stride: in pixels.
        padding: zeros on every side, in pixels; "valid" for none, "same" for maps that keep their size
            (odd kernels, stride 1).
        groups: blocks of channels that do not see each other. (PyTorch's sixth argument is ``dilation``,
            which handgrad does not have: from here on arguments are named.)
        bias: whether b is added.
        weight_init, bias_init: initialisers; None: uniform within ±1/√fan_in, as in PyTorch.

    Shapes: x (N, C, H, W) to y (N, O, OH, OW); ``weight`` (O, C / groups, KH, KW), ``bias`` (O,).

    Raises:
        ShapeError: x has other channels, or is smaller than the kernel.
        ArgumentError: sizes that make no sense.

    Example:
        >>> Conv2d(1, 20, 5).output_shape((1, 28, 28))
        (20, 24, 24)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Padding = 0,
        *,
        groups: int = 1,
        bias: bool = True,
        weight_init: Initialiser | None = None,
        bias_init: Initialiser | None = None,
    ) -> None:
        super().__init__(bias, weight_init, bias_init)
        self.in_channels = in_channels
        self.out_channels = positive("Conv2d", "out_channels", out_channels)
        self.kernel_size = window("Conv2d", "kernel_size", kernel_size)
        self.stride, self.padding = window("Conv2d", "stride", stride), padding
        self.groups = positive("Conv2d", "groups", groups)
        self._pixels = padding_in_pixels(padding, kernel_size, stride)
        if in_channels is not None:
            self._declare_for(positive("Conv2d", "in_channels", in_channels))

    def _declare_for(self, channels: int) -> None:
        if channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                "Conv2d",
                expected=f"groups that divide {channels} and {self.out_channels} channels",
                got=str(self.groups),
            )
        shape = (self.out_channels, channels // self.groups, *pair(self.kernel_size))
        self._declare(shape)

    def infer(self, input_shape: Shape) -> None:
        """Take ``in_channels`` from the first input, where it was left open."""
        self.output_shape(input_shape)
        self._input_shape = input_shape
        if self.in_channels is None:
            self.in_channels = input_shape[0]
            self._declare_for(self.in_channels)

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) to (O, OH, OW)."""
        if len(input_shape) != 3 or input_shape[0] != (self.in_channels or input_shape[0]):
            raise ShapeError(
                "conv2d",
                expected=f"x of shape (N, {self.in_channels or 'C'}, H, W)",
                got=f"(N, {', '.join(map(str, input_shape))})",
            )
        shape = (1, *input_shape)
        return self.out_channels, *check_window("conv2d", shape, self.kernel_size, self.stride, self._pixels)

    def multiply_adds(self, input_shape: Shape) -> int:
        """One for each weight and output position."""
        return prod(self.weight.shape) * prod(self.output_shape(input_shape)[1:])

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Conv2dCache]:
        """y = w ⋆ x + b."""
        if self.in_channels is None:
            self.infer(x.shape[1:])
        weight, bias = self.weight.value, self._bias_value()
        return conv2d_forward(x, weight, bias, self.stride, self._pixels, self.groups)

    def backward(self, dy: Array, cache: Conv2dCache) -> tuple[Array, Gradients]:
        """Dx, and the gradients of weight and bias."""
        dx, dweight, dbias = conv2d_backward(dy, cache)
        return dx, named(dweight, dbias)


def padding_in_pixels(padding: Padding, kernel_size: Size, stride: Size) -> Size:
    """PyTorch's words for a padding, as pixels."""
    if not isinstance(padding, str):
        return window("Conv2d", "padding", padding, at_least=0)
    KH, KW = pair(kernel_size)
    if padding == "valid":
        return 0
    if padding != "same" or pair(stride) != (1, 1) or KH % 2 == 0 or KW % 2 == 0:
        raise ArgumentError(
            "Conv2d",
            expected='a padding in pixels, "valid", or "same" with an odd kernel and stride 1',
            got=f"padding={padding!r}, kernel_size={kernel_size}, stride={stride}",
        )
    return (KH - 1) // 2, (KW - 1) // 2
