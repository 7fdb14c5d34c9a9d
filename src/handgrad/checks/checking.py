"""One piece of code checked: observed, explained, and told as findings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from handgrad.checks.behaviour import behaviours
from handgrad.checks.calling import Caller, Runner
from handgrad.checks.case import Case
from handgrad.checks.diagnosis import Explanation, explain
from handgrad.checks.finding import Finding, Shown
from handgrad.checks.hypotheses.hypothesis import failing
from handgrad.checks.lines import point
from handgrad.checks.numeric import relative_error
from handgrad.checks.observing import Observation, observe
from handgrad.checks.operations import OPERATIONS, Operation
from handgrad.checks.passes.piece import Target
from handgrad.checks.passes.running import quietly
from handgrad.checks.sizes import divides_whole, fixed_divisor, size_that_works, strides_by_hand
from handgrad.checks.styles.interface import Interface

SURE = 0.8
"""A score from which an explanation is taken, and no other looked for in the source."""


@dataclass(frozen=True)
class Piece:
    """What was found in one piece of code.

    Arguments:
        name: of the class or function.
        operation: what it was recognised as.
        cases: how many were tried.
        findings: the most telling first; empty where all is right.
        compared: the results that were compared ("forward", "dx" ...).
        of_own: gradients that fit the code's own forward pass, which is wrong, and not the operation.
        lacking: results that did not come out in every case.
    """

    name: str
    operation: str
    cases: int
    findings: tuple[Finding, ...]
    compared: tuple[str, ...]
    of_own: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def check_piece(
    interface: Interface,
    target: Target,
    progress: Callable[[str], None] | None = None,
    runner: Runner | None = None,
) -> Piece:
    """Check one class or function through all cases that its course can express.

    Arguments:
        interface: how its course calls it.
        target: itself, or its definition where it runs elsewhere.
        progress: is told each case before it runs.
        runner: where it runs; else here.
    """
    operation = OPERATIONS[interface.operation]
    cases = [case for case in (interface.cases or operation.cases)() if interface.fits(case)]
    return examine(Caller(interface, target, progress, runner), operation, cases)


def examine(caller: Caller, operation: Operation, cases: Sequence[Case]) -> Piece:
    """Observe all cases, and explain what is wrong.

    Arguments:
        caller: calls the code.
        operation: knows what is right.
        cases: to try.
    """
    interface, target = caller.interface, caller.target
    observations = observe(caller, operation, cases)
    findings = [*_behaviours(caller, operation, observations), *_wrong(caller, operation, observations)]
    findings = sorted(_sifted(findings), key=_rank)
    placed = [_placed(finding, interface, target) for finding in findings]
    compared = tuple(dict.fromkeys(name for seen in observations for name in seen.expected))
    of_own = tuple(name for name in compared if any(name in seen.of_own for seen in observations))
    lacking = tuple(name for name in compared if any(name in seen.lacking for seen in observations))
    return Piece(target.name, operation.name, len(observations), tuple(placed), compared, of_own, lacking)


def _behaviours(caller: Caller, operation: Operation, observations: list[Observation]) -> Iterable[Finding]:
    by_case = {str(seen.case): seen for seen in observations}
    for finding in behaviours(caller, operation, observations):
        seen = by_case[finding.case]
        yield replace(finding, shown=_shown(caller, seen, finding.what))


def _wrong(caller: Caller, operation: Operation, observations: list[Observation]) -> Iterable[Finding]:
    """One finding for each result that is wrong."""
    names = list(dict.fromkeys(name for seen in observations for name in seen.wrong))
    names.sort(key=lambda name: (name != "forward", name))
    stopped = {seen.outcome.raised.what for seen in observations if seen.outcome.raised is not None}
    if stopped & {"construct", "forward"} and "forward" not in names:
        names.insert(0, "forward")
    back = [seen for seen in observations if seen.outcome.raised and seen.outcome.raised.what == "backward"]
    if any(seen.lacking - {*names} for seen in back) or (back and not {*names} - {"forward"}):
        names.append("backward")
    for name in names:
        yield _explained(caller, operation, observations, name)


def _explained(caller: Caller, operation: Operation, observations: list[Observation], what: str) -> Finding:
    seen = _telling(failing(observations, what), what)
    best = _best(caller, operation, observations, what)
    error = None
    got, expected = seen.outcome.got.get(what), seen.expected.get(what)
    if got is not None and expected is not None and got.shape == expected.shape:
        error = relative_error(got, expected)
    evidence = best.evidence
    raised = seen.outcome.raised
    line, text, file = 0, "", ""
    if raised is not None and what not in seen.outcome.got:
        line, text, file = raised.line, raised.text, raised.file
        if raised.sentence not in evidence:
            evidence += f" ({raised.sentence})"
    shown = _shown(caller, seen, what)
    return Finding(
        operation.name,
        what,
        best.cause,
        evidence,
        str(seen.case),
        "",
        error,
        line,
        text,
        file,
        best.score,
        shown,
    )


def _best(caller: Caller, operation: Operation, observations: list[Observation], what: str) -> Explanation:
    bad = failing(observations, what)
    seen = _telling(bad, what)
    if _ended(seen, what) or all(one.wrong.get(what) == "missing" for one in bad):
        return _unexplained(seen, what)  # there are no numbers to explain
    explanations = explain(operation, caller.interface, observations, what)
    best = explanations[0] if explanations else None
    if best is None or best.score < SURE:
        best = _from_source(caller, operation, observations, bad, what) or best
    if best is not None and best.cause == "not-implemented" and divides_whole(caller, what):
        best = Explanation("integer-division", "all zeros, and // stands in the code: 1 // 2 is 0", SURE)
    return best or _unexplained(seen, what)


def _ended(seen: Observation, what: str) -> bool:
    """Whether a result is missing because the code never came back."""
    raised = seen.outcome.raised
    return raised is not None and raised.cause != "raises" and what not in seen.outcome.got


def _from_source(
    caller: Caller, operation: Operation, observations: list[Observation], bad: list[Observation], what: str
) -> Explanation | None:
    """What the numbers alone do not tell, and the source helps to."""
    if len(bad) * 2 >= len(observations):
        words = size_that_works(caller, operation, what) or fixed_divisor(caller, bad, what)
        if words:
            return Explanation("hard-coded-size", words, 0.9)
    if what in ("forward", "dweight") and strides_by_hand(caller):
        words = "windows are taken with as_strided, and what they give is wrong; strides come from x.strides"
        return Explanation("im2col-wrong-strides", words, 0.75)
    return None


def _telling(bad: list[Observation], what: str) -> Observation:
    """The smallest case whose wrong numbers can be looked at; the smallest that stopped, where all did."""
    values = [seen for seen in bad if what in seen.wrong and seen.wrong[what] not in ("shape", "missing")]
    return (values or bad)[0]


def _unexplained(seen: Observation, what: str) -> Explanation:
    raised = seen.outcome.raised
    if raised is not None and what not in seen.outcome.got:
        if raised.cause != "raises":
            return Explanation(raised.cause, raised.sentence, 0.0)
        return Explanation("raises", f"{raised.what} stops with {raised.sentence}", 0.0)
    got, expected = seen.outcome.got.get(what), seen.expected[what]
    if got is None:
        return Explanation(
            "nothing-returned", f"{what} is None: a return, or an assignment, may be missing", 0.0
        )
    if seen.wrong[what] == "shape":
        return Explanation("wrong-shape", f"{what} has the shape {got.shape}, not {expected.shape}", 0.0)
    wrong = ~np.isclose(got.reshape(expected.shape), expected, rtol=1e-5, atol=1e-9)
    if expected.ndim == 0:
        return Explanation("unexplained", f"{what} is {float(got):.6g}, not {float(expected):.6g}", 0.0)
    return Explanation("unexplained", f"{int(wrong.sum())} of {wrong.size} numbers of {what} are wrong", 0.0)


def _shown(caller: Caller, seen: Observation, what: str) -> Shown:
    with quietly(seen.case.seed):
        call = caller.arguments(seen.case)
    given = {name: value for name, value in vars(call).items() if isinstance(value, np.ndarray)}
    if what == "forward":
        given.pop("dy", None)
    return Shown(given, seen.expected.get(what), seen.outcome.got.get(what))


def _sifted(findings: list[Finding]) -> list[Finding]:
    """Without what another finding explains: numbers spoilt by an argument that was changed before."""
    causes = {finding.cause for finding in findings}
    if "input-modified" in causes:
        findings = [one for one in findings if one.explained]
    changed = {finding.what for finding in findings if finding.cause == "gradients-accumulated"}
    return [one for one in findings if not (one.what in changed and one.cause == "view-returned")]


def _rank(finding: Finding) -> tuple[bool, bool, bool, int]:
    """Causes before mere facts, forward before backward, causes that predict the numbers before guesses."""
    order = ("forward", "dx", "dweight", "dbias")
    place = order.index(finding.what) if finding.what in order else len(order)
    return (not finding.explained, finding.what != "forward", finding.score < SURE, place)


def _placed(finding: Finding, interface: Interface, target: Target) -> Finding:
    """With its piece, and the line to look at where the source tells it."""
    finding = replace(finding, piece=target.name)
    if finding.line and not finding.explained:
        return finding
    place = point(finding.cause, finding.what, interface, target)
    return finding if place is None else replace(finding, line=place[0], text=place[1], file=place[2])
