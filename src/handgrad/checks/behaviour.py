"""What the code does beside its numbers: arguments changed, gradients added up, memory shared."""

from collections.abc import Iterable, Sequence

import numpy as np

from handgrad.checks.calling import Caller
from handgrad.checks.finding import Finding
from handgrad.checks.numeric import relative_error
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Operation

MAY_SHARE = ("flatten", "dropout")
"""Operations that may hand their input on as it is."""


def behaviours(
    caller: Caller, operation: Operation, observations: Sequence[Observation]
) -> Iterable[Finding]:
    """Findings about one piece, apart from its numbers in a single pass."""
    yield from _modified(caller, operation, observations)
    calm = [seen for seen in observations if seen.outcome.raised is None and _plain(seen)]
    if calm:
        several = [seen for seen in calm if len(seen.case.x) > 1]
        yield from _repeated(caller, operation, (several or calm)[0])


def _plain(seen: Observation) -> bool:
    """Whether the case is an ordinary pass of one x."""
    return "x" in seen.case.arrays and "integers" not in seen.case.tags and seen.case.x.size > 0


def _modified(caller: Caller, operation: Operation, observations: Sequence[Observation]) -> Iterable[Finding]:
    found = set()
    for seen in observations:
        for name, by in seen.outcome.changed.items():
            if name in found or name in caller.interface.may_change:
                continue
            found.add(name)
            what = "forward" if by == "forward" else "dx"
            pass_name = "forward" if by == "forward" else "backward"
            evidence = f"the {pass_name} pass changes its argument {name}, which its caller still needs"
            yield Finding(operation.name, what, "input-modified", evidence, str(seen.case))


def _repeated(caller: Caller, operation: Operation, seen: Observation) -> Iterable[Finding]:
    found = caller.twice(seen.case)
    for name in operation.gradients:
        one, two = found.first.got.get(name), found.second.got.get(name)
        if one is None or two is None or one.shape != two.shape or not np.any(one):
            continue
        if relative_error(two, 2 * one) < 1e-9:
            evidence = (
                f"a second backward pass on the same object gives {name} twice as large: it is added up"
            )
            yield Finding(operation.name, name, "gradients-accumulated", evidence, str(seen.case))
    if operation.name in MAY_SHARE:
        return
    for name, by in found.later.items():
        what = "dx" if name == "dx" else "forward"
        evidence = f"{name} changes when {by} is computed: it is the same memory"
        yield Finding(operation.name, what, "view-returned", evidence, str(seen.case))
        return
    if found.shared and not seen.outcome.changed and "forward" not in seen.wrong:
        evidence = "the output is a piece of x's own memory: it changes when x does"
        yield Finding(operation.name, "forward", "view-returned", evidence, str(seen.case))
