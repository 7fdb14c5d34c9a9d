"""First values of parameters, under the names of torch.nn.init."""

from dataclasses import dataclass
from math import prod, sqrt
from typing import Literal, Protocol

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.errors import ArgumentError


class Initialiser(Protocol):
    """Draws an array; ``input_shape`` is the shape of one input of the layer, where it is known."""

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array: ...


def fans(shape: Shape) -> tuple[int, int]:
    """How many inputs each output has, and how many outputs each input has.

    Arguments:
        shape: of a weight, (O, I) or (O, C, KH, KW).

    Example:
        >>> fans((50, 20, 5, 5))
        (500, 1250)
    """
    field = prod(shape[2:])
    return prod(shape[1:]), shape[0] * field


@dataclass(frozen=True)
class Constant:
    """Every value ``val``.

    Example:
        >>> Constant(0.01)((2,), np.random.default_rng(0))
        array([0.01, 0.01])
    """

    val: float = 0.0

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        return np.full(shape, self.val)


@dataclass(frozen=True)
class Uniform:
    """Between ``a`` and ``b``.

    Example:
        >>> Uniform(-1, 1)((1000,), np.random.default_rng(0)).min() > -1
        np.True_
    """

    a: float = 0.0
    b: float = 1.0

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        return rng.uniform(self.a, self.b, shape)


@dataclass(frozen=True)
class Normal:
    """Gaussian with this mean and standard deviation.

    Example:
        >>> Normal(std=0.1)((64, 784), np.random.default_rng(0)).std().round(2)
        np.float64(0.1)
    """

    mean: float = 0.0
    std: float = 1.0

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        return rng.normal(self.mean, self.std, shape)


@dataclass(frozen=True)
class XavierUniform:
    """Within ±gain·√(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Example:
        >>> float(abs(XavierUniform()((10, 20), np.random.default_rng(0))).max()) <= sqrt(6 / 30)
        True
    """

    gain: float = 1.0

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        bound = self.gain * sqrt(6 / sum(fans(shape)))
        return rng.uniform(-bound, bound, shape)


@dataclass(frozen=True)
class XavierNormal:
    """Gaussian with deviation gain·√(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    Example:
        >>> XavierNormal()((300, 500), np.random.default_rng(0)).std().round(2)
        np.float64(0.05)
    """

    gain: float = 1.0

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        return rng.normal(0, self.gain * sqrt(2 / sum(fans(shape))), shape)


Mode = Literal["fan_in", "fan_out"]
Nonlinearity = Literal["linear", "sigmoid", "tanh", "relu", "leaky_relu"]


def gain(nonlinearity: Nonlinearity, a: float) -> float:
    """How much larger weights must be to keep the variance through a nonlinearity (torch.nn.init)."""
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": sqrt(2),
        "leaky_relu": sqrt(2 / (1 + a * a)),
    }
    if nonlinearity not in gains:
        raise ArgumentError("initialiser", expected=f"one of {', '.join(gains)}", got=str(nonlinearity))
    return gains[nonlinearity]


def kaiming_deviation(shape: Shape, a: float, mode: Mode, nonlinearity: Nonlinearity) -> float:
    """gain / √fan (He, Zhang, Ren and Sun, 2015)."""
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError("initialiser", expected="mode fan_in or fan_out", got=str(mode))
    return gain(nonlinearity, a) / sqrt(fans(shape)[mode == "fan_out"])


@dataclass(frozen=True)
class KaimingUniform:
    """Within ±√3·gain/√fan (He, Zhang, Ren and Sun, 2015); PyTorch's own layers use a = √5.

    Example:
        >>> float(abs(KaimingUniform()((10, 24), np.random.default_rng(0))).max()) <= 0.5
        True
    """

    a: float = 0.0
    mode: Mode = "fan_in"
    nonlinearity: Nonlinearity = "leaky_relu"

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        bound = sqrt(3) * kaiming_deviation(shape, self.a, self.mode, self.nonlinearity)
        return rng.uniform(-bound, bound, shape)


@dataclass(frozen=True)
class KaimingNormal:
    """Gaussian with deviation gain/√fan (He, Zhang, Ren and Sun, 2015).

    Example:
        >>> KaimingNormal()((100, 800), np.random.default_rng(0)).std().round(2)
        np.float64(0.05)
    """

    a: float = 0.0
    mode: Mode = "fan_in"
    nonlinearity: Nonlinearity = "leaky_relu"

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        return rng.normal(0, kaiming_deviation(shape, self.a, self.mode, self.nonlinearity), shape)


@dataclass(frozen=True)
class InputMapUniform:
    """Within ±√(3 / (H·W·C)) of the layer's whole INPUT map, as the LeNet of CMU 10-601 (2017) has it.

    Raises:
        ArgumentError: the network was not told its input shape, so that the map's size is unknown.

    Example:
        >>> drawn = InputMapUniform()((20, 1, 5, 5), np.random.default_rng(0), (1, 28, 28))
        >>> bool(abs(drawn).max() <= sqrt(3 / 784))
        True
    """

    def __call__(self, shape: Shape, rng: np.random.Generator, input_shape: Shape | None = None) -> Array:
        if input_shape is None:
            raise ArgumentError(
                "InputMapUniform",
                expected="a layer whose input shape is known",
                got="none",
                hint="build the network with Sequential(..., input_shape=(1, 28, 28))",
            )
        bound = sqrt(3 / prod(input_shape))
        return rng.uniform(-bound, bound, shape)
