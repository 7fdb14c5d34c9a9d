"""Numbers: how they spread, and how they are shown without making a mark look reached that was missed."""

import math
import statistics
from collections.abc import Sequence


def deviation(values: Sequence[float]) -> float | None:
    """The standard deviation of a sample; None: there are fewer than two.

    Example:
        >>> deviation([1.0, 2.0, 3.0])
        1.0
    """
    return statistics.stdev(values) if len(values) > 1 else None


def percent(share: float) -> str:
    """A share in per cent, never rounded up: 98.999% is not 99%.

    Example:
        >>> percent(0.98999), percent(0.9907), percent(1.0)
        ('98.99%', '99.07%', '100.00%')
    """
    return f"{cut(share * 100, 2):.2f}%"


def cut(number: float, digits: int) -> float:
    """A number without its further digits.

    Example:
        >>> cut(2.999, 2)
        2.99
    """
    factor = 10.0**digits
    return math.floor(round(number * factor, 9)) / factor  # round: 99.07 may lie a hair below itself
