"""`initializers` of the course. They draw from NumPy's global state, which ``np.random.seed`` sets."""

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ArgumentError

__all__ = ["MSRA", "Gaussian", "Guassian", "Initializer", "Uniform", "Xavier"]

Size = int | tuple[int, ...]


class Initializer:
    """The base of all of them."""

    def initialize(self, size: Size) -> Array:
        """First values.

        Arguments:
            size: the shape of the array, or its length.

        Returns:
            float64.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define initialize(size)")


class Guassian(Initializer):
    """Normal values, under the course's spelling; `Gaussian` is the same class.

    Arguments:
        mean: their mean.
        std: their standard deviation.

    Example:
        >>> np.random.seed(0)
        >>> Guassian(std=0.001).initialize((6, 1, 3, 3)).shape
        (6, 1, 3, 3)
    """

    def __init__(self, mean: float = 0, std: float = 0.1) -> None:
        self.mean, self.std = mean, std

    def initialize(self, size: Size) -> Array:
        """First values of this shape."""
        return np.asarray(np.random.normal(self.mean, self.std, size))


Gaussian = Guassian


class Uniform(Initializer):
    """Values between a and b, each as likely as another.

    Arguments:
        a: the lowest.
        b: the highest.

    Example:
        >>> np.random.seed(0)
        >>> bool((Uniform(2, 3).initialize(100) >= 2).all())
        True
    """

    def __init__(self, a: float = 0, b: float = 1) -> None:
        self.a, self.b = a, b

    def initialize(self, size: Size) -> Array:
        """First values of this shape."""
        return np.asarray(np.random.uniform(self.a, self.b, size))


class Xavier(Uniform):
    """Uniform within ±√(6 / (fan_in + fan_out)).

    Arguments:
        fan_in: how many inputs each output has.
        fan_out: how many outputs each input has.

    Raises:
        ArgumentError: one of them is not positive.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010).

    Example:
        >>> Xavier(fan_in=4, fan_out=2).b
        1.0
    """

    def __init__(self, fan_in: int, fan_out: int) -> None:
        _positive("Xavier", fan_in=fan_in, fan_out=fan_out)
        bound = float(np.sqrt(6 / (fan_in + fan_out)))
        super().__init__(-bound, bound)
        self.fan_in, self.fan_out = fan_in, fan_out


class MSRA(Guassian):
    """Normal with deviation √(2 / fan_in), for layers before a ReLU.

    Arguments:
        fan_in: how many inputs each output has.

    Raises:
        ArgumentError: it is not positive.

    Source: He, Zhang, Ren and Sun, Delving deep into rectifiers (2015).

    Example:
        >>> MSRA(fan_in=8).std
        0.5
    """

    def __init__(self, fan_in: int) -> None:
        _positive("MSRA", fan_in=fan_in)
        super().__init__(0, float(np.sqrt(2 / fan_in)))
        self.fan_in = fan_in


def _positive(where: str, **fans: int) -> None:
    for name, value in fans.items():
        if not value > 0:
            raise ArgumentError(
                where,
                expected=f"{name} of at least 1",
                got=str(value),
                hint="count the inputs: in_channel x kernel_h x kernel_w of a convolution, in_features else",
            )
