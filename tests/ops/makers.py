"""What fills the arrays of a case. Values are multiples of 1/32: exact in float32, and small when stored."""

from collections.abc import Callable

import numpy as np

Maker = Callable[[np.random.Generator], np.ndarray]


def normal(*shape: int) -> Maker:
    """Numbers around 0, of either sign."""
    return lambda rng: np.round(rng.normal(size=shape) * 32) / 32


def distinct(*shape: int) -> Maker:
    """Numbers of either sign, none closer than 1/32 to another or to 0: away from every kink."""
    return lambda rng: (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) // 2 + 0.5) / 16


def tied(*shape: int) -> Maker:
    """Few different numbers: nearly every window of a pool has several largest."""
    return lambda rng: rng.integers(-1, 2, size=shape).astype(np.float64)


def positive(*shape: int) -> Maker:
    """Numbers from 1/4 to 2."""
    return lambda rng: rng.integers(8, 65, size=shape) / 32


def probabilities(*shape: int) -> Maker:
    """Rows that sum to 1, nothing in them near 0."""
    return lambda rng: (weights := rng.integers(8, 65, size=shape)) / weights.sum(axis=1, keepdims=True)


def labels(count: int, classes: int) -> Maker:
    """Class numbers."""
    return lambda rng: rng.integers(0, classes, size=count)
