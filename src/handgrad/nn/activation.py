"""Layers that act on every element (softmax: on every row)."""

import numpy as np

from handgrad import ops
from handgrad._typing import Array, Shape
from handgrad.errors import ArgumentError, ShapeError
from handgrad.nn.checked import is_whole, positive, real
from handgrad.nn.initialisers import Constant
from handgrad.nn.layer import Gradients, Layer
from handgrad.nn.parameter import Parameter
from handgrad.ops.elu import ELUCache
from handgrad.ops.leaky_relu import LeakyReLUCache
from handgrad.ops.prelu import PReLUCache
from handgrad.ops.relu import ReLUCache
from handgrad.ops.sigmoid import SigmoidCache
from handgrad.ops.softmax import SoftmaxCache
from handgrad.ops.tanh import TanhCache


class Activation(Layer):
    """A layer whose output has the shape of its input."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Unchanged."""
        return input_shape


class ReLU(Activation):
    """y = max(x, 0); the gradient at exactly 0 is 0.

    Shapes: any.

    Example:
        >>> ReLU().forward(np.array([[-1.0, 2.0]]))[0]
        array([[0., 2.]])
    """

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, ReLUCache]:
        """y = max(x, 0)."""
        return ops.relu_forward(x)

    def backward(self, dy: Array, cache: ReLUCache) -> tuple[Array, Gradients]:
        """Dx, where x was positive."""
        return ops.relu_backward(dy, cache), {}


class LeakyReLU(Activation):
    """y = x where x > 0, else negative_slope · x (Maas, Hannun and Ng, 2013).

    Arguments:
        negative_slope: the slope below zero.

    Shapes: any.

    Example:
        >>> LeakyReLU(0.1).forward(np.array([[-1.0, 2.0]]))[0]
        array([[-0.1,  2. ]])
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = real("LeakyReLU", "negative_slope", negative_slope)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, LeakyReLUCache]:
        """x, or a share of it."""
        return ops.leaky_relu_forward(x, self.negative_slope)

    def backward(self, dy: Array, cache: LeakyReLUCache) -> tuple[Array, Gradients]:
        """Dx."""
        return ops.leaky_relu_backward(dy, cache), {}


class PReLU(Activation):
    """Leaky ReLU whose slope is learnt (He, Zhang, Ren and Sun, 2015).

    Arguments:
        num_parameters: 1, or one slope for each channel.
        init: the first slope.

    Shapes: x (N, C) or (N, C, H, W); ``weight`` (num_parameters,).

    Example:
        >>> PReLU().forward(np.array([[-1.0, 2.0]], np.float32))[0]
        array([[-0.25,  2.  ]], dtype=float32)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        self.num_parameters = positive("PReLU", "num_parameters", num_parameters)
        self.init = real("PReLU", "init", init)
        self.weight = Parameter(draw=lambda rng: Constant(init)((num_parameters,), rng))

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, PReLUCache]:
        """x, or a learnt share of it."""
        return ops.prelu_forward(x, self.weight.value)

    def backward(self, dy: Array, cache: PReLUCache) -> tuple[Array, Gradients]:
        """Dx, and the gradient of the slopes."""
        dx, dweight = ops.prelu_backward(dy, cache)
        return dx, {"weight": dweight}


class ELU(Activation):
    """y = x where x > 0, else α (eˣ − 1) (Clevert, Unterthiner and Hochreiter, 2015).

    Arguments:
        alpha: α.

    Shapes: any.

    Example:
        >>> ELU().forward(np.array([[-1e3, 2.0]]))[0]
        array([[-1.,  2.]])
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = real("ELU", "alpha", alpha)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, ELUCache]:
        """x, or the exponential below zero."""
        return ops.elu_forward(x, self.alpha)

    def backward(self, dy: Array, cache: ELUCache) -> tuple[Array, Gradients]:
        """Dx."""
        return ops.elu_backward(dy, cache), {}


class Sigmoid(Activation):
    """y = 1 / (1 + e⁻ˣ).

    Shapes: any.

    Example:
        >>> Sigmoid().forward(np.array([[0.0]]))[0]
        array([[0.5]])
    """

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, SigmoidCache]:
        """y = 1 / (1 + e⁻ˣ)."""
        return ops.sigmoid_forward(x)

    def backward(self, dy: Array, cache: SigmoidCache) -> tuple[Array, Gradients]:
        """Dx = dy · y (1 − y)."""
        return ops.sigmoid_backward(dy, cache), {}


class Tanh(Activation):
    """y = tanh(x).

    Shapes: any.

    Example:
        >>> Tanh().forward(np.array([[0.0]]))[0]
        array([[0.]])
    """

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, TanhCache]:
        """y = tanh(x)."""
        return ops.tanh_forward(x)

    def backward(self, dy: Array, cache: TanhCache) -> tuple[Array, Gradients]:
        """Dx = dy · (1 − y²)."""
        return ops.tanh_backward(dy, cache), {}


class Softmax(Activation):
    """Probabilities that sum to 1 along an axis. `CrossEntropyLoss` wants logits: it has its own.

    Arguments:
        dim: the axis.

    Shapes: any.

    Example:
        >>> Softmax().forward(np.array([[0.0, 0.0]]))[0]
        array([[0.5, 0.5]])
    """

    def __init__(self, dim: int = -1) -> None:
        if not is_whole(dim):
            raise ArgumentError("Softmax", expected="dim to be a whole number", got=repr(dim))
        self.dim = dim

    def output_shape(self, input_shape: Shape) -> Shape:
        """Unchanged."""
        axes = len(input_shape) + 1
        if not -axes <= self.dim < axes:
            raise ShapeError("softmax", expected=f"x with an axis {self.dim}", got=f"{axes} axes")
        return input_shape

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, SoftmaxCache]:
        """Shares that sum to 1."""
        return ops.softmax_forward(x, self.dim)

    def backward(self, dy: Array, cache: SoftmaxCache) -> tuple[Array, Gradients]:
        """Dx, the full Jacobian product."""
        return ops.softmax_backward(dy, cache), {}
