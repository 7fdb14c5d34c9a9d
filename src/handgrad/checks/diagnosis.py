"""Which hypothesis explains the numbers."""

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.hypotheses import HYPOTHESES, PATTERNS, Hypothesis
from handgrad.checks.hypotheses.hypothesis import failing, passing
from handgrad.checks.numeric import relative_error
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Operation
from handgrad.checks.styles.interface import Interface

CLOSE = 3e-6
UNFIT = (ValueError, IndexError, KeyError, AttributeError, TypeError, ZeroDivisionError)
"""What a hypothesis raises for results of shapes and kinds that it knows nothing to say about."""

ENOUGH = 0.5
"""The share of cases that a hypothesis must explain to be told."""


@dataclass(frozen=True)
class Explanation:
    """One cause, and how far it explains what was seen.

    Arguments:
        cause: its stable identifier.
        evidence: in words.
        score: 1 where it predicts the wrong numbers of every failing case, and no other.
    """

    cause: str
    evidence: str
    score: float


def explain(
    operation: Operation, interface: Interface, observations: Sequence[Observation], what: str
) -> list[Explanation]:
    """All explanations for a wrong result, the best first.

    Arguments:
        operation: that was checked.
        interface: how it was called; knows how the course lays arrays out.
        observations: of all cases.
        what: the result that is wrong.
    """
    found = []
    for pattern in PATTERNS:
        if pattern.operations and operation.name not in pattern.operations:
            continue
        if pattern.what and what not in pattern.what:
            continue
        evidence = ""
        with contextlib.suppress(*UNFIT), np.errstate(all="ignore"):
            evidence = pattern.seen(list(observations), what)
        if evidence:
            found.append(Explanation(pattern.cause, evidence, pattern.score))
    if any(one.cause == "not-implemented" for one in found):
        return [one for one in found if one.cause == "not-implemented"]  # nothing else needs to be tried
    for hypothesis in HYPOTHESES:
        if what in hypothesis.what and (not hypothesis.operations or operation.name in hypothesis.operations):
            found += _tested(hypothesis, operation, interface, observations, what)
    return sorted(found, key=lambda one: -one.score)


def _tested(
    hypothesis: Hypothesis,
    operation: Operation,
    interface: Interface,
    observations: Sequence[Observation],
    what: str,
) -> list[Explanation]:
    """Each form of the mistake that a hypothesis knows, against every case."""
    bad = [seen for seen in failing(observations, what) if what in seen.outcome.got]
    good = [seen for seen in passing(observations, what) if "finite" not in seen.case.tags]
    hits: Counter[str] = Counter()
    contradictions: Counter[str] = Counter()
    for seen in bad:
        for words, array in _predictions(hypothesis, interface, seen, what).items():
            hits[words] += alike(seen.outcome.got[what], array)
    if not any(hits.values()):
        return []
    for seen in good:
        for words, array in _predictions(hypothesis, interface, seen, what).items():
            contradictions[words] += not alike(seen.expected[what], array)  # it would have failed
    found = []
    for words, number in hits.items():
        share = number / (len(bad) + contradictions[words])
        if number and share >= ENOUGH:
            cases = (
                "in every failing case" if number == len(bad) else f"in {number} of {len(bad)} failing cases"
            )
            evidence = f"{what} is {words}, {cases}"
            if good and share == 1:
                passed = "1 case that passes" if len(good) == 1 else f"{len(good)} cases that pass"
                evidence += f"; in the {passed} this makes no difference"
            found.append(Explanation(hypothesis.cause, evidence, share * (0.9 + 0.1 * hypothesis.weight)))
    return found


def _predictions(
    hypothesis: Hypothesis, interface: Interface, seen: Observation, what: str
) -> dict[str, AnyArray]:
    """What the hypothesis says, in the course's layout; nothing where it does not apply."""
    found = {}
    try:
        with np.errstate(all="ignore"):
            for words, array in hypothesis.predict(seen.case, seen.right, what):
                array = np.asarray(array)
                if array.shape == seen.right[what].shape:
                    array = interface.there(seen.case, what, array)
                found[words] = array
    except UNFIT:
        pass  # it cannot be made with these sizes
    return found


def alike(got: AnyArray, predicted: AnyArray) -> bool:
    """The same numbers; a result of wrong shape is compared as the row of its numbers."""
    if got.size != predicted.size:
        return False
    return relative_error(got.reshape(-1), predicted.reshape(-1)) <= CLOSE
