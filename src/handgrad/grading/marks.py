"""An instructor's marks for what only a person can judge, from a CSV, added to what was found."""

import csv
import difflib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from handgrad.errors import RubricError
from handgrad.grading.result import Item, Result, Status
from handgrad.grading.rubric import Rubric

COLUMNS = ("submission", "item", "points", "comment")


@dataclass(frozen=True)
class Mark:
    """Points of one item by hand.

    Arguments:
        points: given; above what can be had, or below 0, is the instructor's own decision.
        comment: shown with them.
    """

    points: float
    comment: str = ""


Marks = Mapping[tuple[str, str], Mark]
"""By the submission's name and the item's."""


def read_marks(file: Path, rubric: Rubric, submissions: Sequence[str]) -> dict[tuple[str, str], Mark]:
    """Read a CSV with the columns submission, item, points and comment (which may be left out).

    Arguments:
        file: the CSV.
        rubric: whose items by hand these are.
        submissions: the class.

    Raises:
        RubricError: it cannot be read; a column is missing; a submission or item that there is not, one that
            is marked twice, points that are no number. Says which line.
    """
    where = file.name
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RubricError(str(file), expected="a readable CSV", got=str(error)) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = [(name or "").strip() for name in rows.fieldnames or ()]
    missing = [name for name in COLUMNS[:3] if name not in columns]
    if missing:
        expected = f"the columns {', '.join(COLUMNS)}"
        raise RubricError(where, expected=expected, got=", ".join(columns) or "an empty file")
    rows.fieldnames = columns
    items = [rule.name for rule in rubric.by_hand]
    marks: dict[tuple[str, str], Mark] = {}
    try:
        for row in rows:
            if not any(row.get(name) for name in COLUMNS):
                continue  # a line without a word
            place = f"{where}, line {rows.line_num}"
            key = (
                _known(row["submission"], submissions, "submission", place),
                _known(row["item"], items, "item by hand", place),
            )
            if key in marks:
                raise RubricError(place, expected="one mark each", got=f"{key[1]} of {key[0]} again")
            marks[key] = Mark(_number(row["points"], place), (row.get("comment") or "").strip())
    except csv.Error as error:
        raise RubricError(f"{where}, line {rows.line_num}", expected="a CSV", got=str(error)) from None
    return marks


def with_marks(result: Result, marks: Marks) -> Result:
    """A result with the points that a person gave; these then count in its sum.

    Arguments:
        result: of one submission.
        marks: of the class.

    Example:
        >>> from handgrad.grading.result import Item
        >>> plots = Item("plots", "Plots", 0.0, 5.0, "by hand", "To be marked by hand.")
        >>> marks = {("ada", "plots"): Mark(4, "No legend.")}
        >>> found = with_marks(Result("ada", "hw5", "hw5", (plots,)), marks)
        >>> found.points, found.items[0].reason
        (4.0, 'Marked by hand: No legend.')
    """
    items = tuple(
        _marked(item, marks[result.submission, item.name])
        if item.status == "by hand" and (result.submission, item.name) in marks
        else item
        for item in result.items
    )
    return replace(result, items=items)


def _marked(item: Item, mark: Mark) -> Item:
    status: Status = "passed" if mark.points >= item.possible else "partly" if mark.points > 0 else "failed"
    reason = f"Marked by hand: {mark.comment}" if mark.comment else "Marked by hand."
    return replace(item, points=float(mark.points), status=status, reason=reason)


def _known(name: str | None, names: Sequence[str], what: str, place: str) -> str:
    name = (name or "").strip()
    plain = name.removeprefix("'")  # as the table of the class protects a name
    for one in (name, plain):
        if one in names:
            return one
    near = difflib.get_close_matches(name, names, n=1)
    raise RubricError(
        place,
        expected=f"a {what} of this class" if what == "submission" else f"an {what} of the rubric",
        got=repr(name) if name else "none",
        hint=f"did you mean {near[0]}" if near else "",
    )


def _number(text: str | None, place: str) -> float:
    try:
        points = float((text or "").strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise RubricError(place, expected="points, a number", got=repr(text or ""))
    return points
