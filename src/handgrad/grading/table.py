"""The class as a table: one CSV for spreadsheets and learning platforms."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from handgrad.files import write_atomically
from handgrad.grading.gradescope import clean
from handgrad.grading.result import Result
from handgrad.grading.rubric import Rubric

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""With what a cell begins that a spreadsheet may calculate, or run."""

BEFORE = ("submission", "points", "possible", "accuracy")
BEHIND = ("imports", "tier", "events", "warnings")


def write_table(results: Sequence[Result], rubric: Rubric, file: Path) -> None:
    """Write a row for each submission, and a column for each line of the rubric.

    A number is a number; a text that a spreadsheet would take for a formula has an apostrophe before it.
    Points that a person has not given yet are empty.

    Arguments:
        results: of the class.
        rubric: by which all were graded.
        file: in an existing folder.

    Raises:
        RunError: it cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [rule.name for rule in rubric.rules]
    writer.writerow([*BEFORE, *names, *BEHIND])
    for result in results:
        writer.writerow([*_begin(result), *_items(result, names), *_end(result)])
    write_atomically(file, text.getvalue().encode())


def safe(text: str) -> str:
    """A cell that is read as text, whatever it holds.

    Example:
        >>> safe("ada"), safe("=1+1"), safe(" -2")
        ('ada', "'=1+1", "' -2")
    """
    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(FORMULAS) or text.startswith(FORMULAS) else text


def _begin(result: Result) -> list[str]:
    accuracy = "" if result.accuracy is None else f"{result.accuracy:.4f}"
    return [safe(result.submission), f"{result.points:g}", f"{result.possible:g}", accuracy]


def _items(result: Result, names: Sequence[str]) -> list[str]:
    points = {item.name: f"{item.points:g}" for item in result.items if item.status != "by hand"}
    return [points.get(name, "") for name in names]


def _end(result: Result) -> list[str]:
    imports = [item.reason for item in result.items if item.name == "imports"]
    return [safe(" ".join(imports)), safe(result.tier), *(safe("; ".join(words)) for words in _words(result))]


def _words(result: Result) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return result.events, result.warnings
