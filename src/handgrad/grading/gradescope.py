"""Gradescope's results.json: what its autograder platform reads of one submission."""

import json
import unicodedata
from pathlib import Path
from typing import Any

from handgrad.files import write_atomically
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric import Rubric

LONGEST = 20_000
"""Characters of one test's output: more is cut, and said so."""


def write_gradescope(result: Result, rubric: Rubric, file: Path) -> None:
    """Write ``results.json`` for one submission.

    Arguments:
        result: what it got.
        rubric: by which.
        file: in an existing folder; Gradescope wants ``/autograder/results/results.json``.

    Raises:
        RunError: it cannot be written.
    """
    text = json.dumps(gradescope_values(result, rubric), indent=1, allow_nan=False)
    write_atomically(file, f"{text}\n".encode())


def gradescope_values(result: Result, rubric: Rubric) -> dict[str, Any]:
    """The content of ``results.json``, as Gradescope's autograder documentation describes it.

    Items that a person marks are tests without a score; everything is plain text, nothing of a submission
    is read as HTML or Markdown.

    Arguments:
        result: what it got.
        rubric: by which.
    """
    return {
        "score": round(result.points, 4),
        "execution_time": max(0, round(result.seconds)),
        "output": clean("\n".join(_summary(result, rubric))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(item, number) for number, item in enumerate(result.items, 1)],
        "leaderboard": _leaderboard(result),
        "extra_data": {
            "rubric": rubric.name,
            "course": rubric.course,
            "possible": result.possible,
            "accuracy": result.accuracy,
            "tier": result.tier,
            "events": [clean(event) for event in result.events],
        },
    }


def clean(text: str) -> str:
    """A text without what no file of text may hold, and not without end.

    Example:
        >>> clean("a\\x00b\\ud800")
        'a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}'
    """
    kept = "".join(sign if _shown(sign) else "\N{REPLACEMENT CHARACTER}" for sign in text[:LONGEST])
    return kept if len(text) <= LONGEST else f"{kept}\n... {len(text) - LONGEST:,} more characters"


def _shown(sign: str) -> bool:
    """Whether a sign can be seen: control signs, and those that turn the text around, cannot."""
    return sign.isprintable() or sign in "\n\t" or unicodedata.category(sign) == "Zs"


def _summary(result: Result, rubric: Rubric) -> list[str]:
    by_hand = sum(item.possible for item in result.items if item.status == "by hand")
    lines = [f"{rubric.title}: {result.points:g} of {result.possible:g} points."]
    if by_hand:
        lines.append(f"{by_hand:g} more points are given by hand.")
    return lines + [f"While it ran: {event}." for event in result.events]


def _test(item: Item, number: int) -> dict[str, Any]:
    output = [item.reason]
    output += [f"- {part.name}: {'right' if part.ok else part.reason}" for part in item.parts]
    output += ["", item.detail] if item.detail else []
    output += [f"Read on: {item.page}"] if item.page and item.status != "passed" else []
    test: dict[str, Any] = {
        "name": clean(item.title),
        "name_format": "text",
        "number": str(number),
        "output": clean("\n".join(output)),
        "output_format": "text",
        "tags": [tag for tag in (item.status, clean(item.cause)) if tag],
        "visibility": item.visibility,
        "extra_data": {"item": item.name},
    }
    if item.status != "by hand":
        test |= {
            "score": item.points,
            "max_score": item.possible,
            "status": "passed" if item.status == "passed" else "failed",
        }
    return test


def _leaderboard(result: Result) -> list[dict[str, Any]]:
    if result.accuracy is None:
        return []
    percent = {"name": "Test accuracy (%)", "value": round(100 * result.accuracy, 2), "order": "desc"}
    return [percent, {"name": "Seconds", "value": round(result.seconds, 1), "order": "asc"}]
