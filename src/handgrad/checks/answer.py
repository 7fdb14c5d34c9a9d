"""The answer on one screen: verdict, the first failing case in full, the diagnosis, where to read on."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.bands import band, legend
from handgrad.checks.checking import Piece
from handgrad.checks.finding import OTHER_CAUSES, Finding
from handgrad.checks.operations import OPERATIONS
from handgrad.checks.resting import RESTS

WIDE = 100
TALL = 6  # rows: a column of more is printed as a row
UNWRITTEN = "not-implemented"
LARGEST = 60
"""Numbers of an array that are printed; of a larger one, its first."""


def as_text(pieces: Sequence[Piece], notes: Sequence[str] = ()) -> str:
    """Everything that was found.

    Arguments:
        pieces: the classes and functions that were checked.
        notes: remarks to print below.
    """
    lines = [_verdict(piece) for piece in pieces]
    findings = [finding for piece in pieces for finding in piece.findings]
    if findings:
        lines += ["", *_in_full(findings[0])]
    others = [line for piece in pieces for line in _others(piece, findings[0])] if findings else []
    if others:
        lines += ["", "Also:", *others]
    if notes:
        lines += ["", *(line for note in notes for line in _wrapped(note, "Note: ", "      "))]
    return "\n".join(line.rstrip() for line in lines)


def _verdict(piece: Piece) -> str:
    compared = ", ".join(piece.compared)
    own = piece.operation == "own"
    known = f"{piece.name}: " + (
        "its slopes beside its backward pass" if own else f"recognised as {piece.operation}"
    )
    cases = "1 case" if piece.cases == 1 else f"{piece.cases} cases"
    if not piece.findings:
        return f"{known}; right in {cases} ({compared})"
    wrong = ", ".join(dict.fromkeys(finding.what for finding in piece.findings))
    if _unwritten(piece):
        return f"{known}; not written yet, it seems: {wrong}"
    return f"{known}; WRONG: {wrong} ({cases} tried)"


def _others(piece: Piece, first: Finding) -> Iterable[str]:
    """A piece's findings but the one that is told in full, and what the verdict has told already."""
    if _unwritten(piece):
        return
    others = [finding for finding in piece.findings if finding is not first]
    for finding in others:
        if finding.cause != RESTS:
            yield from _wrapped(f"{_heading(finding)}: {finding.evidence}.{_where(finding)}", "- ", "  ")
    resting = [finding for finding in others if finding.cause == RESTS]
    if resting:
        names = ", ".join(finding.what for finding in resting)
        yield from _wrapped(f"{piece.name}, {names}: {resting[0].evidence}.", "- ", "  ")


def _unwritten(piece: Piece) -> bool:
    return bool(piece.findings) and all(finding.cause == UNWRITTEN for finding in piece.findings)


def _heading(finding: Finding) -> str:
    return f"{finding.piece}, {finding.what}: {finding.cause}"


def _where(finding: Finding) -> str:
    if not finding.line:
        return ""
    return f" Look at {Path(finding.file).name}, line {finding.line}: {finding.text}"


def _in_full(finding: Finding) -> Iterable[str]:
    yield f"Cause: {finding.cause} (in {finding.what})"
    if finding.cause in OTHER_CAUSES:
        yield f"       {OTHER_CAUSES[finding.cause]}"
    yield from _wrapped(f"{finding.evidence}.", "Evidence: ", "          ")
    if finding.line:
        yield from _wrapped(
            f"{Path(finding.file).name}, line {finding.line}: {finding.text}", "Look at: ", "         "
        )
    yield ""
    yield from _wrapped(finding.case, "First failing case: ", "    ")
    if finding.shown is not None:
        for name, array in finding.shown.given.items():
            yield from _array(f"  {name} = ", array)
        expected, got = finding.shown.expected, finding.shown.got
        first = _first_off(expected, got)
        if expected is not None:
            yield from _array(f"  {finding.what} expected = ", expected, first)
        if got is not None:
            yield from _array(f"  {finding.what} got      = ", got, first)
    if finding.error is not None:
        verdict, reason = band(finding.error)
        yield f"  relative error {finding.error:.2g}: {verdict}, {reason}"
        yield f"  ({legend()})"
    operation = OPERATIONS.get(finding.operation)
    if operation is not None:
        yield ""
        yield f"Derivation, an example by hand, and mistakes people make: {operation.document}"


def _first_off(expected: AnyArray | None, got: AnyArray | None) -> int:
    """Where two arrays differ first, counted row by row; 0 where they cannot be compared."""
    if expected is None or got is None or expected.shape != got.shape:
        return 0
    return int(np.argmin(np.isclose(got, expected, rtol=1e-5, atol=1e-9).ravel())) if got.size else 0


def _array(name: str, array: AnyArray, start: int = 0) -> list[str]:
    """An array with its name; of a large one the shape and some numbers, from one of them on."""
    if array.size > LARGEST:
        numbers = array.ravel()[start : start + 8]
        some = np.array2string(numbers, precision=4, suppress_small=True, separator=", ")
        place = [int(index) for index in np.unravel_index(start, array.shape)]
        return [f"{name}{array.shape}, {f'from {place} on' if start else 'beginning'} {some[:-1]}, ...]"]
    if array.ndim == 2 and len(array) > TALL and len(array) > array.shape[1]:
        before, equals = name.rsplit("=", 1)[0].rstrip(), " = "
        name, array = f"{before}.T{equals}", array.T
    text = np.array2string(
        array,
        precision=6,
        suppress_small=True,
        separator=", ",
        max_line_width=WIDE - len(name),
        threshold=LARGEST + 1,
    )
    first, *rest = text.splitlines()
    return [f"{name}{first}", *(" " * len(name) + line for line in rest if line.strip())]


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, WIDE, initial_indent=first, subsequent_indent=rest) or [first]
