"""Every case passed through a piece of code, each result held against the right one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.calling import Caller
from handgrad.checks.case import Case
from handgrad.checks.numeric import agrees, direction, relative_error
from handgrad.checks.operations.operation import Arrays, Operation
from handgrad.checks.passes.running import Outcome

OPTIONAL = ("probs", "scores", "update")
"""Results beside the main ones."""

OWN = "own"

UNSMOOTH = frozenset({"ties", "large", "zeros", "integers", "usual"})
"""Cases at kinks or beyond what differences can tell: held against the right answer alone."""


@dataclass
class Observation:
    """One case: what should have come out, and what did.

    Arguments:
        case: it.
        right: the right answers, in the library's layout.
        expected: the same in the course's.
        outcome: what came out.
        wrong: by what is wrong ("forward", "dx" ...) how: "values", "shape", "missing" or "not finite".
        of_own: gradients that fit the code's own forward pass, which is wrong, and not the operation.
    """

    case: Case
    right: Arrays
    expected: Arrays
    outcome: Outcome
    wrong: dict[str, str] = field(default_factory=dict)
    of_own: set[str] = field(default_factory=set)

    @property
    def ok(self) -> bool:
        """Whether everything is right."""
        return not self.wrong and self.outcome.raised is None

    @property
    def lacking(self) -> set[str]:
        """What should have come out, and did not."""
        return {*self.expected} - {*self.outcome.got}


def observe(caller: Caller, operation: Operation, cases: Iterable[Case]) -> list[Observation]:
    """All cases, the smallest first.

    Arguments:
        caller: calls the code.
        operation: knows what is right.
        cases: as many as the course can express.
    """
    seen = [look(caller, operation, case) for case in sorted(cases, key=lambda case: case.size)]
    # nobody promises to take whole numbers; but who takes them must not cut them off
    return [one for one in seen if "integers" not in one.case.tags or one.outcome.raised is None]


def look(caller: Caller, operation: Operation, case: Case) -> Observation:
    """One case."""
    interface = caller.interface
    outcome = caller.ask(case, backward="forward" not in case.tags)
    plain = {}
    for name, array in outcome.got.items():
        try:
            plain[name] = np.asarray(interface.back(case, name, array))
        except (ValueError, IndexError, TypeError):
            continue  # of another shape than can be laid back
    right = operation.expect(case, plain)
    promised = _promised(caller, case, right)
    right = {name: value for name, value in right.items() if name in (*promised, *outcome.got)}
    expected = {name: interface.there(case, name, value) for name, value in right.items()}
    seen = Observation(case, right, expected, outcome)
    for name, value in expected.items():
        how = _judge(caller, operation, case, name, outcome, value)
        if how == OWN:
            seen.of_own.add(name)
        elif how:
            seen.wrong[name] = how
    return seen


def _promised(caller: Caller, case: Case, right: Arrays) -> tuple[str, ...]:
    """Results that the interface must give: all but those that a course does not have."""
    interface = caller.interface
    back = caller.goes_back and "forward" not in case.tags
    names = interface.promises or tuple(name for name in right if name not in OPTIONAL)
    return tuple(name for name in names if back or not name.startswith("d"))


def _judge(
    caller: Caller, operation: Operation, case: Case, name: str, outcome: Outcome, expected: AnyArray
) -> str:
    got = outcome.got.get(name)
    if got is None:
        return "" if outcome.raised else "missing"
    if got.shape != expected.shape and not _own_shape(got, expected, outcome):
        return "shape"
    if got.size and not np.isfinite(got).all() and not ("finite" in case.tags and name == "dx"):
        return "not finite"
    if "finite" in case.tags:
        return ""
    right = relative_error(got.reshape(expected.shape), expected) <= operation.tolerance
    smooth = name in operation.gradients and operation.slopes and not case.tags & UNSMOOTH
    if smooth and slope_agrees(caller, operation, case, name, got.reshape(expected.shape)):
        # nothing but zeros is no gradient of anything, but what a pass returns that was not written yet
        return "" if right else OWN if np.any(got) else "values"
    return "" if right else "values"


def _own_shape(got: AnyArray, expected: AnyArray, outcome: Outcome) -> bool:
    """Whether a gradient has the shape of the object's own array, axes of length 1 apart."""
    squeezed = [size for size in got.shape if size != 1] == [size for size in expected.shape if size != 1]
    return got.size == expected.size and squeezed and got.shape in outcome.own_shapes


def slope_agrees(caller: Caller, operation: Operation, case: Case, name: str, got: AnyArray) -> bool:
    """Whether a gradient is that of the code's own forward pass, along one random direction."""
    key = operation.gradients[name]
    array = case.arrays[key]
    along = direction(array.shape, case.title, name)
    claimed = float((got * caller.interface.there(case, name, along)).sum())

    def value(moved: AnyArray) -> float:
        return caller.value(replace(case, arrays={**case.arrays, key: moved}))

    return agrees(value, array.astype(np.float64), along, claimed)
