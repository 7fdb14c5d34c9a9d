"""Checks of configuration: each reads a field, refuses nonsense, and stores a plain Python number.

Plain, because a NumPy float64 scalar would turn float32 arrays into float64 where it meets them.
"""

import math
import numbers
from typing import Any

from handgrad.errors import ArgumentError


def number(owner: object, field: str, interval: str, *, hint: str) -> None:
    """A real number in an interval written as mathematics writes it, such as ``"[0, 1)"``."""
    value = getattr(owner, field)
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not (is_number and _inside(float(value), interval)):
        raise ArgumentError(_name(owner), expected=f"{field} in {interval}", got=repr(value), hint=hint)
    _store(owner, field, float(value))


def whole(owner: object, field: str, *, at_least: int, hint: str) -> None:
    """A whole number that is not below `at_least`."""
    value = getattr(owner, field)
    is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not (is_whole and value >= at_least):
        expected = f"{field} as a whole number of at least {at_least}"
        raise ArgumentError(_name(owner), expected=expected, got=repr(value), hint=hint)
    _store(owner, field, int(value))


def flag(owner: object, field: str) -> None:
    """True or False, and nothing that merely counts as one of them."""
    value = getattr(owner, field)
    if not isinstance(value, bool):
        expected, hint = f"{field} to be True or False", "write it without quotes"
        raise ArgumentError(_name(owner), expected=expected, got=repr(value), hint=hint)


def choice(owner: object, field: str, options: tuple[str, ...], *, hint: str) -> None:
    """One of the words in `options`."""
    value = getattr(owner, field)
    if value not in options:
        expected = f"{field} to be one of {', '.join(map(repr, options))}"
        raise ArgumentError(_name(owner), expected=expected, got=repr(value), hint=hint)


def two_shares(owner: object, field: str, *, hint: str) -> None:
    """Two numbers, each in [0, 1)."""
    value = getattr(owner, field)
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    if not (is_pair and all(isinstance(v, numbers.Real) and _inside(float(v), "[0, 1)") for v in value)):
        expected = f"{field} to be two numbers in [0, 1)"
        raise ArgumentError(_name(owner), expected=expected, got=repr(value), hint=hint)
    _store(owner, field, (float(value[0]), float(value[1])))


def _inside(value: float, interval: str) -> bool:
    low, high = (float(end) for end in interval[1:-1].split(","))
    above = low <= value if interval[0] == "[" else low < value
    below = value <= high if interval[-1] == "]" else value < high
    return above and below and not math.isnan(value)


def _name(owner: object) -> str:
    return type(owner).__name__


def _store(owner: object, field: str, value: Any) -> None:
    object.__setattr__(owner, field, value)  # the owners are frozen; this runs while they are made
