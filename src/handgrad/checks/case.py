"""A case: settings and small arrays for one pass through a piece of a student's code."""

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array


@dataclass(frozen=True)
class Case:
    """What one pass is given, in the library's own layout.

    Settings and arrays are attributes too: ``case.stride``, ``case.x``.

    Arguments:
        title: what is special about it, for people.
        settings: numbers by name (stride, padding, p, training ...).
        arrays: by name (x, weight, bias, targets ...), float64 or integers.
        dy: the upstream gradient; None for a loss.
        tags: "strided" (x does not lie in memory row by row), "ties", "large", "zeros", "integers", "usual"
            (a size that courses use, tried where small ones fail), "forward" (nothing to carry back).
        seed: for whatever the code draws.

    ``memo`` holds what is slow to calculate for a case, and asked for again.
    """

    title: str
    settings: Mapping[str, Any]
    arrays: Mapping[str, AnyArray]
    dy: Any = None
    tags: frozenset[str] = field(default_factory=frozenset)
    seed: int = 0
    memo: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __getattr__(self, name: str) -> Any:
        for source in ("settings", "arrays"):
            values = self.__dict__.get(source, {})
            if name in values:
                return values[name]
        raise AttributeError(name)

    @property
    def size(self) -> int:
        """Numbers in x: the smaller, the easier by hand."""
        return sum(array.size for array in self.arrays.values())

    def __str__(self) -> str:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in self.arrays.items())
        shown = {name: value for name, value in self.settings.items() if not isinstance(value, np.ndarray)}
        settings = ", ".join(f"{name}={value}" for name, value in shown.items())
        return f"{self.title}: {shapes}" + (f"; {settings}" if settings else "")


_secret: ContextVar[str] = ContextVar("secret", default="")


@contextlib.contextmanager
def other_numbers(secret: str) -> Iterator[None]:
    """Cases of the same sizes with other numbers in them: those of grading, which nobody can know before.

    Arguments:
        secret: from which they follow; empty: the usual ones.
    """
    token = _secret.set(secret)
    try:
        yield
    finally:
        _secret.reset(token)


def generator(*words: object) -> np.random.Generator:
    """Random numbers that are the same at every check, but for those with a secret (`other_numbers`)."""
    known = (*words, secret) if (secret := _secret.get()) else words
    return np.random.default_rng(zlib.crc32(repr(known).encode()))


def spread_out(rng: np.random.Generator, *shape: int, largest: float = 2.0) -> Array:
    """Numbers with few digits, none twice and none 0: far from every kink and every tie.

    Arguments:
        rng: decides their order.
        shape: of the array.
        largest: about the size of the largest.

    Example:
        >>> numbers = spread_out(np.random.default_rng(0), 2, 2)
        >>> sorted(numbers.ravel().tolist())
        [-1.5, -0.5, 0.5, 1.5]
    """
    count = prod(shape)
    ranks = rng.permutation(count) - (count - 1) // 2 - 0.5  # ..., -1.5, -0.5, 0.5, 1.5, ...
    step = 2 * largest / max(count, 1)
    step = round(step, 1) if step >= 0.1 else 0.02
    return (ranks * step).round(3).reshape(shape)


def upstream(rng: np.random.Generator, *shape: int) -> Array:
    """An upstream gradient: both signs, no 0, and sums over no axis that cancel.

    Example:
        >>> numbers = upstream(np.random.default_rng(0), 4)
        >>> sorted(numbers.tolist())
        [-0.25, 0.75, 1.75, 2.75]
    """
    count = prod(shape)
    numbers = spread_out(rng, *shape)
    steps = np.diff(np.unique(numbers))
    step = float(steps.min()) if steps.size else 2.0
    return (numbers + (round(0.3 * count) + 0.25) * step).round(3)
