"""A hypothesis says what the wrong numbers would be if it were true."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays

Prediction = tuple[str, AnyArray]
"""In words what the code would have computed, and the numbers that this gives, in the library's layout."""

Predict = Callable[[Case, Arrays, str], Iterable[Prediction]]
"""From the case, its right answers, and which of them is wrong."""

GRADIENTS = ("dx", "dweight", "dbias", "dW1", "db1", "dW2", "db2")


@dataclass(frozen=True)
class Hypothesis:
    """One mistake, as numbers.

    Arguments:
        cause: its stable identifier.
        operations: in which it can be made; none: in all.
        what: which results it spoils.
        predict: what they would be.
        weight: of two that explain all cases, the heavier is believed.
    """

    cause: str
    operations: tuple[str, ...]
    what: tuple[str, ...]
    predict: Predict
    weight: float = 1.0


@dataclass(frozen=True)
class Pattern:
    """One mistake, as the cases that fail and those that do not.

    Arguments:
        cause: its stable identifier.
        operations: in which it can be made; none: in all.
        what: which results it spoils; none: any.
        seen: the evidence in words, or nothing.
        score: how far it is to be believed, beside hypotheses that predict numbers (1: as one that explains
            all).
    """

    cause: str
    operations: tuple[str, ...]
    what: tuple[str, ...]
    seen: Callable[[list[Observation], str], str]
    score: float = 0.6


def failing(observations: Sequence[Observation], what: str) -> list[Observation]:
    """Those in which this result is wrong, or was never reached because of an exception in its own pass."""
    return [seen for seen in observations if what in seen.wrong or stopped(seen, what)]


def passing(observations: Sequence[Observation], what: str) -> list[Observation]:
    """Those in which it is right."""
    if what == "backward":
        return [seen for seen in observations if seen.outcome.raised is None and len(seen.outcome.got) > 1]
    return [seen for seen in observations if what in seen.outcome.got and what not in seen.wrong]


def stopped(seen: Observation, what: str) -> bool:
    """Whether an exception came before this result, in its own pass."""
    raised = seen.outcome.raised
    if raised is None or what in seen.outcome.got:
        return False
    return (raised.what == "backward") == (what != "forward")


def only_where(observations: Sequence[Observation], what: str, test: Callable[[Case], bool]) -> bool:
    """Whether exactly the cases of a kind fail: all that fail are of it, and most others pass."""
    bad, good = failing(observations, what), passing(observations, what)
    inside = [seen for seen in bad if test(seen.case)]
    inside_good = [seen for seen in good if test(seen.case)]
    enough = len(inside) > len(inside_good) and len(good) - len(inside_good) >= 2
    return bool(inside) and len(inside) == len(bad) and enough
