"""What the course's layers ask of their arrays, in the letters of the course's own page."""

from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ArgumentError, ShapeError


def as_float(array: AnyArray) -> Array:
    """The array itself, or float64 for whole numbers: what NumPy's own products make of them."""
    array = np.asarray(array)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def maps(where: str, inputs: AnyArray, channels: int | None = None) -> Array:
    """A batch of feature maps, as floats.

    Arguments:
        where: the layer, for the error.
        inputs: (N, C, H, W).
        channels: C, where the layer has only one that fits.

    Raises:
        ShapeError: no four dimensions, or another C.
    """
    floats = as_float(inputs)
    if floats.ndim != 4 or channels not in (None, floats.shape[1]):
        raise ShapeError(
            where,
            expected=f"inputs of shape (N, C, H, W){'' if channels is None else f' with C = {channels}'}",
            got=str(floats.shape),
            hint="one channel is an axis too: (N, 1, 28, 28) for MNIST" if floats.ndim == 3 else "",
        )
    return floats


def upstream(where: str, in_grads: AnyArray, shape: tuple[int, ...], words: str) -> Array:
    """The derivative of the loss with respect to a layer's outputs, as floats.

    Arguments:
        where: the layer, for the error.
        in_grads: shaped as the outputs.
        shape: of the outputs.
        words: the course's, for that shape.

    Raises:
        ShapeError: another shape.
    """
    floats = as_float(in_grads)
    if floats.shape != shape:
        raise ShapeError(where, expected=f"in_grads of shape {words} = {shape}", got=str(floats.shape))
    return floats


def setting(where: str, settings: dict[str, Any], *names: str) -> Any:
    """A value of ``conv_params`` or ``pool_params`` under any of its spellings.

    Arguments:
        where: the dictionary, for the error.
        settings: the dictionary.
        names: the spellings, the usual one first.

    Raises:
        ArgumentError: there is none.
    """
    for name in names:
        if name in settings:
            return settings[name]
    raise ArgumentError(
        where, expected=f"the key {names[0]!r}", got=", ".join(map(repr, settings)) or "an empty dictionary"
    )


def whole_settings(where: str, settings: dict[str, Any], *spellings: tuple[str, ...]) -> list[int]:
    """Several of them, as whole numbers.

    Raises:
        ArgumentError: one is missing or no whole number.
    """
    values = [setting(where, settings, *names) for names in spellings]
    for (name, *_), value in zip(spellings, values, strict=True):
        if not isinstance(value, int | np.integer) or isinstance(value, bool):
            raise ArgumentError(where, expected=f"{name!r} to be a whole number", got=repr(value))
    return [int(value) for value in values]
