"""What the race to 99% says: the trainings of each side, and whether the goal was reached."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.parts.numbers import cut, deviation, percent

ACCURACY = 0.99
"""The mean accuracy on the test images that is to be reached."""

FACTOR = 3.0
"""How many times as fast as PyTorch's best that must be."""


@dataclass(frozen=True)
class Outcome:
    """One training.

    Arguments:
        seed: of its first values and the order of its images.
        correct: test images classified rightly.
        images: for testing.
        seconds: from building the network to the prediction of the last test image.
    """

    seed: int
    correct: int
    images: int
    seconds: float

    @property
    def accuracy(self) -> float:
        """The share classified rightly, from 0 to 1."""
        return self.correct / self.images


@dataclass(frozen=True)
class Scores:
    """All trainings of one side, at least one.

    Arguments:
        title: of the side.
        is_ours: or else PyTorch's.
        outcomes: in the order of their seeds.

    Example:
        >>> scores = Scores("ours", True, (Outcome(0, 98, 100, 2.0), Outcome(1, 99, 100, 4.0)))
        >>> scores.accuracy, scores.seconds
        (0.985, 3.0)
    """

    title: str
    is_ours: bool
    outcomes: tuple[Outcome, ...]

    @property
    def accuracy(self) -> float:
        """The mean: of whole numbers, so that exactly 99% is not missed by a rounding."""
        return sum(each.correct for each in self.outcomes) / sum(each.images for each in self.outcomes)

    @property
    def accuracy_deviation(self) -> float | None:
        """The standard deviation over the seeds; None: of one there is none."""
        return deviation([each.accuracy for each in self.outcomes])

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(each.seconds for each in self.outcomes)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: every training, and what they come to."""
        seconds = [each.seconds for each in self.outcomes]
        return {
            "title": self.title,
            "trainings": [{**asdict(each), "accuracy": each.accuracy} for each in self.outcomes],
            "mean_accuracy": self.accuracy,
            "accuracy_deviation": self.accuracy_deviation,
            "median_seconds": self.seconds,
            "mean_seconds": statistics.fmean(seconds),
            "seconds_deviation": deviation(seconds),
        }


@dataclass(frozen=True)
class Verdict:
    """Whether the goal was reached.

    Arguments:
        accuracy: the mean of our side.
        seconds: the median of our side.
        rival: the title of PyTorch's fastest side; empty: none took part.
        ratio: of its median time to ours; None: none took part.
    """

    accuracy: float
    seconds: float
    rival: str
    ratio: float | None

    @property
    def accurate(self) -> bool:
        """Whether the mean accuracy is high enough."""
        return self.accuracy >= ACCURACY

    @property
    def fast(self) -> bool | None:
        """Whether the time is short enough; None: there is nothing to compare it with."""
        return None if self.ratio is None else self.ratio >= FACTOR

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        goal = {"least_accuracy": ACCURACY, "least_ratio": FACTOR}
        return {**asdict(self), **goal, "accurate": self.accurate, "fast": self.fast}

    def __str__(self) -> str:
        accuracy = f"mean accuracy {percent(self.accuracy)}, at least {percent(ACCURACY)} wanted"
        lines = [f"{accuracy}: {_reached(self.accurate)}"]
        if self.ratio is None or self.fast is None:
            lines.append(f"median time {self.seconds:.2f} s: no PyTorch to compare it with")
        else:
            ratio = f"{cut(self.ratio, 2):.2f} times as fast as {self.rival}, at least {FACTOR:g} wanted"
            lines.append(f"median time {self.seconds:.2f} s, {ratio}: {_reached(self.fast)}")
        return "\n".join(lines)


def judge(sides: Sequence[Scores]) -> Verdict:
    """Hold our side against the fastest of PyTorch's.

    Arguments:
        sides: exactly one of them ours.
    """
    (ours,) = (side for side in sides if side.is_ours)
    rivals = [side for side in sides if not side.is_ours]
    best = min(rivals, key=lambda side: side.seconds, default=None)
    if best is None:
        return Verdict(ours.accuracy, ours.seconds, "", None)
    return Verdict(ours.accuracy, ours.seconds, best.title, best.seconds / ours.seconds)


def headings(sides: Sequence[Scores]) -> list[str]:
    """Of the table."""
    return ["seed", *(text for side in sides for text in (side.title, "s"))]


def rows(sides: Sequence[Scores]) -> list[list[str]]:
    """The table: each seed, then means, standard deviations and medians."""
    found = []
    for turn in zip(*(side.outcomes for side in sides), strict=True):
        cells = (text for each in turn for text in (percent(each.accuracy), f"{each.seconds:.2f}"))
        found.append([str(turn[0].seed), *cells])
    accuracies = [[each.accuracy for each in side.outcomes] for side in sides]
    seconds = [[each.seconds for each in side.outcomes] for side in sides]
    found.append(_row("mean", map(statistics.fmean, accuracies), map(statistics.fmean, seconds)))
    found.append(_row("deviation", map(deviation, accuracies), map(deviation, seconds), "{:.2%}".format))
    found.append(_row("median", map(statistics.median, accuracies), map(statistics.median, seconds)))
    return found


def _row(
    name: str,
    accuracies: Iterable[float | None],
    seconds: Iterable[float | None],
    shown: Callable[[float], str] = percent,
) -> list[str]:
    cells = [name]
    for accuracy, time in zip(accuracies, seconds, strict=True):
        cells.append("-" if accuracy is None else shown(accuracy))
        cells.append("-" if time is None else f"{time:.2f}")
    return cells


def _reached(goal: bool) -> str:
    return "reached" if goal else "missed"
