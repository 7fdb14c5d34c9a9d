"""The overview of a class: who got what, and which check failed how often: what to teach again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any

from handgrad.grading.gradescope import clean
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric import Rubric
from handgrad.grading.student_page import SIGNS, WORDS, kind
from handgrad.report import figure_inside, fill_page, histogram_figure

TELLING = 5
"""Causes of an item that are listed at most."""


def class_page(results: Sequence[Result], rubric: Rubric, pages: Mapping[str, str], table: str) -> str:
    """A whole page of HTML, for the instructor.

    Arguments:
        results: of the class.
        rubric: by which all were graded.
        pages: the address of each submission's page, by its name.
        table: the address of the table for spreadsheets.
    """
    sums = [result.points for result in results]
    possible = max((result.possible for result in results), default=rubric.possible)
    known = [result.accuracy for result in results if result.accuracy is not None]
    tiers = dict.fromkeys(clean(result.tier) for result in results if result.tier)
    facts = {"submissions": f"{len(results):,}", "possible points": f"{possible:g}"}
    if sums:
        facts |= {"mean": f"{mean(sums):.1f}", "median": f"{median(sums):g}"}
        facts["nothing at all"] = f"{sum(value == 0 for value in sums):,}"
    if known:
        facts["median accuracy"] = f"{median(known):.2%}"
    if tiers:
        facts["held by"] = ", ".join(tiers)
    figure: Any = ""
    if sums and possible:
        drawn = histogram_figure(sums, possible, x_label="points")
        figure = figure_inside(drawn, 1, f"Histogram of the points of {len(sums)} submissions")
    columns = [rule for rule in rubric.rules if any(_has(result, rule.name) for result in results)]
    return fill_page(
        "class.html",
        {
            "title": rubric.title,
            "source": rubric.source,
            "facts": [{"name": name, "value": value} for name, value in facts.items()],
            "warnings": list(dict.fromkeys(clean(text) for one in results for text in one.warnings)),
            "figure": figure,
            "possible": f"{possible:g}",
            "lessons": lessons(results, pages),
            "columns": [{"name": rule.name, "title": rule.title} for rule in columns],
            "with_accuracy": bool(known),
            "rows": [_row(result, [rule.name for rule in columns], pages) for result in results],
            "table": table,
        },
    )


def lessons(results: Sequence[Result], pages: Mapping[str, str]) -> list[dict[str, Any]]:
    """What was not right, the most frequent first; what a person marks is left out.

    Arguments:
        results: of the class.
        pages: the address of each submission's page, by its name.
    """
    by_name: dict[str, list[tuple[Result, Item]]] = {}
    for result in results:
        for item in result.items:
            by_name.setdefault(item.name, []).append((result, item))
    found = [_lesson(pairs, len(results), pages) for pairs in by_name.values()]
    return sorted((one for one in found if one["wrong"]), key=lambda one: -one["wrong"])


def _lesson(pairs: Sequence[tuple[Result, Item]], everybody: int, pages: Mapping[str, str]) -> dict[str, Any]:
    """One item over the whole class."""
    wrong = [(result, item) for result, item in pairs if item.status not in ("passed", "by hand")]
    causes = Counter(item.cause or item.status for _, item in wrong)
    parts = Counter(part.name for _, item in wrong for part in item.parts if not part.ok)
    first = {item.cause or item.status: result.submission for result, item in reversed(wrong)}
    return {
        "title": clean(pairs[0][1].title),
        "page": next((item.page for _, item in wrong if item.page), ""),
        "wrong": len(wrong),
        "open": sum(item.status == "open" for _, item in wrong),
        "all": everybody,
        "causes": [
            {
                "name": clean(cause),
                "count": count,
                "who": {"name": clean(first[cause]), "page": pages.get(first[cause], "")},
            }
            for cause, count in causes.most_common(TELLING)
        ],
        "parts": [{"name": clean(name), "count": count} for name, count in parts.most_common(TELLING)],
    }


def _row(result: Result, names: Sequence[str], pages: Mapping[str, str]) -> dict[str, Any]:
    items = {item.name: item for item in result.items}
    return {
        "name": clean(result.submission),
        "page": pages.get(result.submission, ""),
        "points": f"{result.points:g}",
        "accuracy": "" if result.accuracy is None else f"{result.accuracy:.2%}",
        "cells": [_cell(items.get(name)) for name in names],
        "events": clean("; ".join(result.events)),
    }


def _cell(item: Item | None) -> dict[str, str]:
    """An item's points; of one without points the sign of how it went."""
    if item is None:
        return {"text": "", "kind": "", "status": ""}
    bare = item.status == "by hand" or not (item.points or item.possible)
    text = SIGNS[item.status] if bare else f"{item.points:g}".replace("-", "−")
    return {"text": text, "kind": kind(item), "status": WORDS.get(item.status, item.status)}


def _has(result: Result, name: str) -> bool:
    return any(item.name == name for item in result.items)
