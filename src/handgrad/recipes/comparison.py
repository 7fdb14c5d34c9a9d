"""What a comparison of two engines says: records on the way, and speeds at the end."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handgrad.engine import Step
from handgrad.nn import Sequential
from handgrad.train import Evaluation


@dataclass(frozen=True)
class Side:
    """How one engine has fared since the record before.

    Arguments:
        loss: the mean loss of the batches, each before its update.
        accuracy: of the same batches, from 0 to 1.
        validation: on the validation split, now.
        images_per_second: of the training steps alone.
        seconds: that these steps took.
        interruptions: how often in that time the system took a core away from a thread at work. Many, and the
            speed says little: other programs want the cores too. 0 where the system does not count.
    """

    loss: float
    accuracy: float
    validation: Evaluation
    images_per_second: float
    seconds: float
    interruptions: int


@dataclass(frozen=True)
class Comparison:
    """Where two engines stand after the same steps.

    Arguments:
        step: training steps made so far.
        epoch: the epoch, counted from 1, that the last of them belongs to.
        sides: by the engine's name, ours first.
        difference: the largest absolute difference of any number of any parameter.
        parameter: the name of the parameter that it is in.
    """

    step: int
    epoch: int
    sides: dict[str, Side]
    difference: float
    parameter: str


@dataclass
class Tally:
    """What the steps of one engine add up to.

    Example:
        >>> tally = Tally()
        >>> tally.add(Step(loss=0.5, correct=3, count=4, lr=0.1), seconds=0.25, interruptions=0)
        >>> tally.side(Evaluation(0.5, 0.75, 9)).images_per_second
        16.0
    """

    loss: float = 0.0
    correct: int = 0
    images: int = 0
    seconds: float = 0.0
    interruptions: int = 0

    def add(self, step: Step, seconds: float, interruptions: int) -> None:
        """Count a step, and what it took."""
        self.loss += step.loss * step.count
        self.correct += step.correct
        self.images += step.count
        self.seconds += seconds
        self.interruptions += interruptions

    def side(self, validation: Evaluation) -> Side:
        """All of it, for a record."""
        return Side(
            loss=self.loss / self.images,
            accuracy=self.correct / self.images,
            validation=validation,
            images_per_second=self.images / max(self.seconds, 1e-9),
            seconds=self.seconds,
            interruptions=self.interruptions,
        )


@dataclass(frozen=True)
class Speeds:
    """How fast two engines trained, by their names, ours first.

    Arguments:
        images_per_second: the median of the records.
        interruptions: a second, over all records; a time below a second counts as one.
        ratio: how many times as fast ours was: the median of the records' own ratios, in which whatever slows
            both down cancels.
        lowest, highest: of these ratios.
    """

    images_per_second: dict[str, float]
    interruptions: dict[str, float]
    ratio: float
    lowest: float
    highest: float


def speeds_of(records: Sequence[Comparison]) -> Speeds:
    """What the records say about speed, taken together.

    Arguments:
        records: at least one.

    Example:
        >>> slow, fast = (Side(0.5, 0.75, Evaluation(0.5, 0.75, 9), speed, 2.0, 7) for speed in (50.0, 200.0))
        >>> speeds_of([Comparison(1, 1, {"compiled": fast, "torch": slow}, 0.0, "0.bias")]).ratio
        4.0
    """
    sides = {name: [record.sides[name] for record in records] for name in records[0].sides}
    found = {name: [side.images_per_second for side in each] for name, each in sides.items()}
    ratios = [ours / theirs for ours, theirs in zip(*found.values(), strict=True)]
    return Speeds(
        images_per_second={name: statistics.median(speeds) for name, speeds in found.items()},
        interruptions={
            name: sum(side.interruptions for side in each) / max(sum(side.seconds for side in each), 1.0)
            for name, each in sides.items()
        },
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def largest_difference(first: Sequential, second: Sequential) -> tuple[float, str]:
    """By how much the parameters of two networks of one architecture differ at most, and which does.

    Example:
        >>> from handgrad.nn import Linear
        >>> nets = [Sequential([Linear(2, 1)]) for _ in range(2)]
        >>> nets[0][0].bias.value[:], nets[1][0].bias.value[:] = 0, 0.5
        >>> largest_difference(*nets)
        (0.5, '0.bias')
    """
    others = second.parameters()
    found = {
        name: float(np.abs(parameter.value - others[name].value).max())
        for name, parameter in first.parameters().items()
    }
    name = max(found, key=lambda name: found[name], default="")
    return found.get(name, 0.0), name


def interruptions_so_far() -> int:
    """How often the system has taken a core away from this process; 0 where it does not count.

    Example:
        >>> interruptions_so_far() >= 0
        True
    """
    try:
        import resource
    except ImportError:  # as on Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
