"""What a layer remembers: parameters, which are trained, and buffers, which are only kept."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from handgrad._typing import AnyArray, Array, Shape

Draw = Callable[[np.random.Generator], Array]


class Parameter:
    """An array that training updates in place.

    Arguments:
        value: the first value; integers become float32.
        draw: instead of a value, a function of a generator that gives one. It is called when the value is
            first needed, with the generator that the network's seed gave this parameter (a layer outside
            any network: with seed 0).
        is_bias: an optimizer may treat biases differently (no weight decay, another rate).

    Example:
        >>> Parameter([1.0, 2.0]).value
        array([1., 2.], dtype=float32)
    """

    def __init__(
        self, value: npt.ArrayLike | None = None, *, draw: Draw | None = None, is_bias: bool = False
    ) -> None:
        self.is_bias = is_bias
        self.dtype: np.dtype[Any] = np.dtype(np.float32)
        self._draw = draw
        self._entropy: tuple[int, ...] = (0,)
        self._value: Array | None = None
        if value is not None:
            # an array that is float64 was meant to be; a list of Python floats was not meant to be anything
            wide = isinstance(value, np.ndarray) and value.dtype == np.float64
            self.dtype = np.dtype(np.float64) if wide else self.dtype
            self._value = np.array(value, dtype=self.dtype, order="C")  # kernels count on it

    @property
    def value(self) -> Array:
        """The array itself; write into it with ``parameter.value[...] = new``."""
        if self._value is None:
            if self._draw is None:
                raise TypeError("a Parameter needs a value or a function that draws one")
            self._value = self._draw(np.random.default_rng(self._entropy)).astype(self.dtype, order="C")
        return self._value

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return self.value.shape

    def seed(self, entropy: tuple[int, ...]) -> None:
        """Choose the generator that a value not yet drawn will come from."""
        self._entropy = entropy

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Continue in another precision, float32 or float64."""
        self.dtype = np.dtype(dtype)
        if self._value is not None:
            self._value = self._value.astype(self.dtype, order="C")

    def __repr__(self) -> str:
        return f"Parameter(shape={self.shape}, dtype={self.dtype})"


class Buffer:
    """An array that belongs to a layer and is saved with it, but that no optimizer touches.

    Example:
        >>> Buffer(np.zeros(2, np.float32)).value
        array([0., 0.], dtype=float32)
    """

    def __init__(self, value: AnyArray) -> None:
        self.value = value

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Continue in another precision; whole numbers stay what they are."""
        if np.issubdtype(self.value.dtype, np.floating):
            self.value = self.value.astype(dtype)
