"""Points for functions: the share of their results that are right, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from handgrad.checks.answer import as_text
from handgrad.checks.checking import Piece
from handgrad.checks.finding import OTHER_CAUSES, Finding
from handgrad.checks.operations import OPERATIONS
from handgrad.grading.importing import Violation
from handgrad.grading.outcome import CheckOutcome
from handgrad.grading.result import Item, Part, Status
from handgrad.grading.rubric import CheckRule

OPEN = "not-implemented"
OPEN_WORDS = "still open: it returns zeros, as handed out"
STOPPING = ("raises", "nothing-returned", "endless-loop", "process-ended")
"""Causes by which a forward pass leaves nothing for the backward pass to begin with."""

BEFORE = ("import", "construct", "forward")
"""What must work before a gradient can be asked for."""


@dataclass(frozen=True)
class Judged:
    """One piece, as far as one line of the rubric asks for it.

    Arguments:
        parts: what was compared.
        findings: about these, the most telling first.
        page: of docs/ops, to read on.
        detail: the smallest failing case in full.
        cause: where no finding tells one.
        open: whether it is as it was handed out.
    """

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()
    page: str = ""
    detail: str = ""
    cause: str = ""
    open: bool = False

    @property
    def share(self) -> float:
        """Of its results, those that are right."""
        return sum(part.ok for part in self.parts) / len(self.parts) if self.parts else 0.0


def score_check(
    rule: CheckRule, keys: Sequence[str], outcomes: Sequence[CheckOutcome], violations: Sequence[Violation]
) -> Item:
    """A line's points: each of its pieces counts alike, each result of a piece likewise.

    Arguments:
        rule: the line.
        keys: of its pieces.
        outcomes: one for each.
        violations: by which results do not count.
    """
    judged = [
        _judged(rule, key, outcome, [one for one in violations if _voids(one, key)])
        for key, outcome in zip(keys, outcomes, strict=True)
    ]
    parts = tuple(
        replace(part, name=" ".join(filter(None, (label, part.name))))
        for label, one in zip(_labels(keys), judged, strict=True)
        for part in one.parts
    )
    share = sum(one.share for one in judged) / len(judged)
    status = _status(share, judged, outcomes)
    wrong = next((one for one in judged if one.share < 1), None)
    return Item(
        name=rule.name,
        title=rule.title,
        points=round(rule.points * share, 2),
        possible=rule.points,
        status=status,
        reason=_reason(parts, status),
        parts=parts,
        cause=_cause(wrong) if wrong else "",
        detail="\n\n".join(one.detail for one in judged if one.detail),
        page=wrong.page if wrong else "",
        visibility=rule.visibility,
    )


def _voids(violation: Violation, key: str) -> bool:
    module, name, _ = key.split(":")
    return module in violation.reaches and (not violation.pieces or name in violation.pieces)


def _judged(rule: CheckRule, key: str, outcome: CheckOutcome, violations: Sequence[Violation]) -> Judged:
    name, operation = _name(key), key.rpartition(":")[2]
    page = OPERATIONS[operation].document
    if violations:
        reason = f"does not count: {violations[0]}"
        return Judged(tuple(Part(one, False, reason) for one in _wanted(rule, outcome)), (), "", "", "import")
    if outcome.state != "checked" or outcome.piece is None:
        reasons = {
            "missing": outcome.reason or f"there is no {name}",
            "stopped": outcome.reason or "it did not come to an end",
            "open": OPEN_WORDS,
            "checked": "nothing came out",
        }
        parts = tuple(Part(one, False, reasons[outcome.state]) for one in _wanted(rule, outcome))
        causes = {"missing": "missing", "open": OPEN}
        cause = outcome.cause or causes.get(outcome.state, "")
        return Judged(parts, (), page, "", cause, outcome.state == "open")
    return _compared(rule, outcome.piece, page)


def _wanted(rule: CheckRule, outcome: CheckOutcome) -> Sequence[str]:
    """The results that a line asks for; where nothing tells which there are, one name for all."""
    compared = outcome.piece.compared if outcome.piece is not None else ()
    return rule.what or compared or ("everything",)


def _compared(rule: CheckRule, piece: Piece, page: str) -> Judged:
    """What the checks found, result by result."""
    wanted = rule.what or piece.compared or ("everything",)
    blamed = [_blame(piece, name) for name in wanted]
    parts = tuple(_part(piece, name, finding) for name, finding in zip(wanted, blamed, strict=True))
    findings = tuple(finding for finding in piece.findings if finding in blamed)
    detail = as_text([replace(piece, findings=findings)]) if findings else ""
    unwritten = all(finding is not None and finding.cause == OPEN for finding in blamed)
    return Judged(parts, findings, page, detail, "" if findings else "nothing-returned", unwritten)


def _part(piece: Piece, name: str, finding: Finding | None) -> Part:
    if finding is not None:
        return Part(name, False, _sentence(name, finding))
    if name in piece.of_own:
        return Part(name, False, "it is the gradient of this forward pass, which is not the operation's")
    if name in piece.lacking:
        return Part(name, False, "it did not come out in every case")
    return Part(name, name in piece.compared, "" if name in piece.compared else "it did not come out")


def _blame(piece: Piece, name: str) -> Finding | None:
    """The finding by which a result is not right; None where it is."""
    for finding in piece.findings:
        if finding.what == name:
            return finding
    for finding in piece.findings:
        if finding.what == "backward" and name not in BEFORE:
            return finding
        if finding.what in BEFORE and _stops(finding):
            return finding
    return None


def _stops(finding: Finding) -> bool:
    """Whether nothing came out that something else could be calculated with."""
    if finding.shown is None:
        return finding.cause in STOPPING
    return finding.shown.got is None


def _sentence(name: str, finding: Finding) -> str:
    """Why a result is not right, without the full stop."""
    if finding.cause == OPEN:
        return OPEN_WORDS if finding.what == name else f"not told, as {finding.what} is still open"
    where = ""
    if finding.line:
        where = f"; look at {PurePath(finding.file).name or 'the file'}, line {finding.line}: {finding.text}"
    cause = f"{finding.cause}: " if finding.cause not in OTHER_CAUSES else ""
    if finding.what != name and finding.what != "backward":
        return f"it could not be calculated, as {finding.what} comes first: {cause}{finding.evidence}{where}"
    return f"{cause}{finding.evidence}{where}"


def _status(share: float, judged: Sequence[Judged], outcomes: Sequence[CheckOutcome]) -> Status:
    if share >= 1:
        return "passed"
    if share > 0:
        return "partly"
    if all(one.open for one in judged):
        return "open"
    return "not run" if all(outcome.state == "missing" for outcome in outcomes) else "failed"


def _cause(judged: Judged) -> str:
    return judged.findings[0].cause if judged.findings else judged.cause


def _reason(parts: Sequence[Part], status: Status) -> str:
    """In a sentence or two: how much is right, and why the first of the others is not."""
    total, right = len(parts), sum(part.ok for part in parts)
    if status == "passed":
        return f"Right: {', '.join(part.name for part in parts)}."
    first = next(part for part in parts if not part.ok)
    alike = [part.name for part in parts if part.reason == first.reason]
    if len(alike) == total:
        return f"{_upper(first.reason)}."
    start = f"{right} of {total} results are right. " if right else "None of the results is right. "
    others = total - right - len(alike)
    more = f" {others} more below." if others else ""
    return f"{start}{', '.join(alike)}: {first.reason}.{more}"


def _upper(text: str) -> str:
    """A sentence's beginning; a name of the code stays as it is."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text


def _labels(keys: Sequence[str]) -> list[str]:
    """What tells the pieces of a line apart; nothing where there is only one."""
    names = [_name(key) for key in keys]
    if len(names) == 1:
        return [""]
    return [
        name if names.count(name) == 1 else f"{name} ({key.rpartition(':')[2]})"
        for name, key in zip(names, keys, strict=True)
    ]


def _name(key: str) -> str:
    return key.split(":")[1]
