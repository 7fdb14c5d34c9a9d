"""What the course's functions ask of their arrays, in the letters of the course's own page."""

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ArgumentError, ShapeError

INPUT = "n x c_in x h_in x w_in"
WEIGHTS = "c_out x c_in x k x k"


def as_float(array: AnyArray) -> Array:
    """The array itself, or float64 for whole numbers: what NumPy's own division and products make of them."""
    array = np.asarray(array)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def four(where: str, name: str, array: AnyArray, shape: str) -> Array:
    """An array of four dimensions, as floats.

    Arguments:
        where: the function, for the error.
        name: the argument's.
        array: the argument.
        shape: the course's words for its shape.

    Raises:
        ShapeError: another number of dimensions.
    """
    floats = as_float(array)
    if floats.ndim != 4:
        raise ShapeError(
            where,
            expected=f"{name} of shape {shape}",
            got=str(floats.shape),
            hint="one channel is an axis too: n x 1 x 28 x 28 for MNIST" if name == "input" else "",
        )
    return floats


def require_shape(where: str, name: str, array: AnyArray, shape: tuple[int, ...], words: str) -> Array:
    """An array of exactly this shape, as floats.

    Arguments:
        where: the function, for the error.
        name: the argument's.
        array: the argument.
        shape: that it must have.
        words: the course's, for that shape.

    Raises:
        ShapeError: it has another.
    """
    floats = as_float(array)
    if floats.shape != shape:
        raise ShapeError(where, expected=f"{name} of shape {words} = {shape}", got=str(floats.shape))
    return floats


def require_whole(where: str, least: int, **settings: object) -> None:
    """Refuse settings that count something and are no whole numbers, or too small.

    Arguments:
        where: the function, for the error.
        least: the smallest that makes sense.
        settings: by their names.

    Raises:
        ArgumentError: one of them.

    Example:
        >>> require_whole("Conv2D", 1, kernel_size=3.0)
        Traceback (most recent call last):
        handgrad.errors.ArgumentError: Conv2D: expected kernel_size as a whole number from 1 on, got 3.0.
    """
    for name, value in settings.items():
        if not isinstance(value, (int, np.integer)) or value < least:
            expected = f"{name} as a whole number from {least} on"
            raise ArgumentError(where, expected=expected, got=repr(value))
