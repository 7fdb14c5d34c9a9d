"""Shapes in the course's words: what its document says that each array looks like, and refusing others."""

from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ArgumentError, ShapeError

IMAGES = ("batch_size", "in_channel_size", "in_width", "in_height")
"""A batch of images or activation maps."""


def real(values: AnyArray) -> Array:
    """The same numbers as floats: float32 and float64 as they are, whole numbers and bytes as float64.

    Example:
        >>> real(np.array([1, 2])).dtype
        dtype('float64')
    """
    array = np.asarray(values)
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def expect(where: str, name: str, array: AnyArray, *shape: int | str) -> Array:
    """The array as floats, if it has the shape that the course states.

    Arguments:
        where: the class and method.
        name: what the course calls the array.
        array: whatever was given.
        shape: a number where the size is fixed, a name where it is free.

    Raises:
        ShapeError: it has another shape; names the course's.

    Example:
        >>> expect("nn_fc_layer.backprop", "dLdy", np.zeros((2, 3)), "batch_size", 10)
        Traceback (most recent call last):
        handgrad.errors.ShapeError: nn_fc_layer.backprop: expected dLdy of shape (batch_size, 10), got (2, 3).
    """
    found = np.asarray(array)
    pairs = zip(found.shape, shape, strict=False)
    if found.ndim != len(shape) or any(isinstance(size, int) and size != got for got, size in pairs):
        raise ShapeError(where, expected=f"{name} of shape {in_words(shape)}", got=str(found.shape))
    return real(found)


def in_words(shape: tuple[int | str, ...]) -> str:
    """A shape as the document prints it, ``(batch_size, 10)``."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def size(where: str, name: str, value: Any) -> int:
    """A size given to a layer, which must be a whole number above 0.

    Raises:
        ArgumentError: it is not, or was not given.

    Example:
        >>> size("nn_fc_layer", "input_size", 128)
        128
    """
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0:
        return int(value)
    got = "none" if value is None else repr(value)
    raise ArgumentError(where, expected=f"{name}, a whole number above 0", got=got)
