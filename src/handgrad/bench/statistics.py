"""Medians and spreads: what a handful of timings says."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The middle of some numbers, and how far they lie apart.

    Arguments:
        median: the middle one; of an even count the mean of the two in the middle.
        low: the smallest.
        high: the largest.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one number.

        Example:
            >>> Spread.of([3.0, 1.0, 2.0])
            Spread(median=2.0, low=1.0, high=3.0)
        """
        return cls(statistics.median(values), min(values), max(values))

    def to_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"median": self.median, "low": self.low, "high": self.high}


def speed_ratio(seconds: Sequence[float], rival_seconds: Sequence[float]) -> Spread:
    """How many times faster than a rival, round by round, so that a drift of the machine cancels.

    Arguments:
        seconds: of one side, a number for each round.
        rival_seconds: of the other, in the same rounds.

    Example:
        >>> speed_ratio([1.0, 2.0, 1.0], [2.0, 4.0, 3.0])
        Spread(median=2.0, low=2.0, high=3.0)
    """
    return Spread.of([rival / own for own, rival in zip(seconds, rival_seconds, strict=True)])
