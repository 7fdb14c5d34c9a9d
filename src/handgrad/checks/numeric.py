"""Slopes by finite differences: along one random direction, element by element, and at kinks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.checks.case import generator

STEPS = (1e-5, 1e-4, 1e-6)
"""Tried in this order: truncation grows with the step, rounding as it shrinks."""

SLOPE_TOLERANCE = 1e-6
LEAST = 1e-2
"""What errors are relative to, at least: sums that cancel to 0 leave float32's rounding behind."""

Function = Callable[[AnyArray], float]
"""From an array to the number whose slope is wanted."""


@dataclass(frozen=True)
class Slopes:
    """How fast a number grows along a direction, on both sides.

    Arguments:
        central: by central differences.
        left, right: by one-sided differences.
    """

    central: float
    left: float
    right: float


def direction(shape: tuple[int, ...], *words: object) -> Array:
    """A random direction with every element about 1 in size."""
    rng = generator("direction", shape, *words)
    signs: Array = rng.choice([-1.0, 1.0], shape)
    return rng.uniform(0.5, 1.5, shape) * signs


def slopes(function: Function, x: AnyArray, along: AnyArray, step: float) -> Slopes:
    """Three evaluations: at x and on both sides."""
    above, at, below = function(x + step * along), function(x), function(x - step * along)
    return Slopes((above - below) / (2 * step), (at - below) / step, (above - at) / step)


def agrees(function: Function, x: AnyArray, along: AnyArray, claimed: float) -> bool:
    """Whether the slope along a direction is as claimed, at one of the step sizes: two evaluations."""
    scale = max(abs(claimed), 1e-3 * float(np.abs(along).sum()), 1e-8)
    for step in STEPS:
        central = (function(x + step * along) - function(x - step * along)) / (2 * step)
        if abs(central - claimed) <= SLOPE_TOLERANCE * scale:
            return True
        if not np.isfinite(central) or abs(central - claimed) > 1e-2 * max(abs(central), scale):
            return False  # so far off that no step size will mend it
    return False


def is_kink(function: Function, x: AnyArray, along: AnyArray) -> bool:
    """Whether left and right slopes differ, and go on differing as the step shrinks.

    At a smooth point their difference shrinks with the step; at a kink (ReLU at 0, a tie in max-pooling) it
    stays.
    """
    wide, narrow = (slopes(function, x, along, step) for step in (1e-4, 1e-6))
    gap, gap_narrow = abs(wide.right - wide.left), abs(narrow.right - narrow.left)
    scale = max(abs(wide.right), abs(wide.left), 1e-8)
    return bool(gap > 1e-3 * scale and gap_narrow > 0.5 * gap)


@dataclass(frozen=True)
class Elements:
    """Slopes element by element.

    Arguments:
        gradient: central differences.
        kinks: where left and right differ, so that any number between them is right.
    """

    gradient: Array
    kinks: AnyArray


def by_element(function: Function, x: AnyArray, step: float = STEPS[0]) -> Elements:
    """The whole gradient by differences; slow, for small arrays."""
    gradient, kinks = np.zeros(x.shape), np.zeros(x.shape, dtype=bool)
    at = function(x)
    for index in np.ndindex(x.shape):
        along = np.zeros(x.shape)
        along[index] = 1.0
        above, below = function(x + step * along), function(x - step * along)
        gradient[index] = (above - below) / (2 * step)
        left, right = (at - below) / step, (above - at) / step
        if abs(right - left) > 1e-3 * max(abs(left), abs(right), 1e-8):
            kinks[index] = is_kink(function, x, along)
    return Elements(gradient, kinks)


def relative_error(got: AnyArray, expected: AnyArray) -> float:
    """The largest difference, relative to the largest number; infinite where a number is not finite."""
    got, expected = np.asarray(got, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if got.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        difference = np.where(got == expected, 0.0, np.abs(got - expected))  # equal infinities too
        largest = float(difference.max())
        scale = max(float(np.abs(expected).max()), float(np.abs(got).max()), LEAST)
    return largest / scale if np.isfinite(largest) and np.isfinite(scale) else float("inf")
