"""The page of one submission: what passed, what failed, why, and the smallest failing case."""

from typing import Any

from handgrad.grading.gradescope import clean
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric import Rubric
from handgrad.report import Chart, Line, curves_figure, figure_inside, fill_page

SIGNS = {"passed": "✓", "partly": "◐", "failed": "✗", "open": "○", "not run": "–", "by hand": "✎"}
WORDS = {"passed": "right", "partly": "right in parts", "failed": "not right", "open": "still open"}
AXES = ("epoch", "epochs", "step", "iteration", "seconds")
"""Along which a curve may be drawn, the first that it has."""


def student_page(result: Result, rubric: Rubric, back: str = "") -> str:
    """A whole page of HTML, for the student.

    Arguments:
        result: what the submission got.
        rubric: by which.
        back: the address of the class's overview; empty: no link, as for a page that students are given.
    """
    waiting = sum(item.possible for item in result.items if item.status == "by hand")
    share = 100 * min(1.0, result.points / result.possible) if result.possible else 0.0
    return fill_page(
        "student.html",
        {
            "name": clean(result.submission),
            "title": rubric.title,
            "points": f"{result.points:g}",
            "possible": f"{result.possible:g}",
            "waiting": f"{waiting:g}" if waiting else "",
            "share": f"{share:.1f}",
            "back": back,
            "facts": facts(result, rubric),
            "events": [clean(event) for event in result.events],
            "figure": _curve(result),
            "items": [_item(item) for item in result.items],
        },
    )


def facts(result: Result, rubric: Rubric) -> list[dict[str, str]]:
    """A few numbers for the top of the page."""
    found = {"rubric": rubric.name, "graded in": f"{result.seconds:,.0f} s"}
    if result.accuracy is not None:
        found = {"test accuracy": f"{result.accuracy:.2%}", **found}
    if result.tier:
        found["sandbox"] = clean(result.tier)
    return [{"name": name, "value": value} for name, value in found.items()]


def kind(item: Item) -> str:
    """An item's status as a class of the style sheet."""
    return item.status.replace(" ", "-")


def points(item: Item) -> str:
    """An item's points beside those that can be had.

    Example:
        >>> points(Item("a", "A", 3.0, 4.0, "partly", "")), points(Item("a", "A", -20.0, 0.0, "failed", ""))
        ('3 of 4', '−20')
    """
    if item.status == "by hand":
        return f"– of {item.possible:g}"
    if not item.possible:
        return "no points" if not item.points else f"{item.points:g}".replace("-", "−")
    return f"{item.points:g} of {item.possible:g}"


def _item(item: Item) -> dict[str, Any]:
    case = "First failing case" in item.detail
    parts = item.parts if len({part.reason for part in item.parts}) > 1 else ()
    right = sum(part.ok for part in parts)
    reason = f"{right} of {len(parts)} results are right." if parts else item.reason  # they tell the rest
    return {
        "name": item.name,
        "title": clean(item.title),
        "points": points(item),
        "status": WORDS.get(item.status, item.status),
        "sign": SIGNS[item.status],
        "kind": kind(item),
        "cause": clean(item.cause) if item.status != "passed" else "",
        "reason": clean(reason),
        "parts": [{"name": clean(part.name), "ok": part.ok, "reason": clean(part.reason)} for part in parts],
        "detail": clean(item.detail),
        "heading": "The smallest failing case" if case else "All of it",
        "page": item.page if item.status != "passed" else "",
    }


def _curve(result: Result) -> Any:
    """Accuracy over the training, where it was kept."""
    axis = next((name for name in AXES if all(name in point for point in result.curve)), "")
    known = [point for point in result.curve if axis and "accuracy" in point]
    if len(known) < 2:
        return ""
    xs, ys = [point[axis] for point in known], [point["accuracy"] for point in known]
    chart = Chart("", axis, "accuracy", [Line("accuracy", xs, ys)])
    return figure_inside(curves_figure([chart]), 1, f"Accuracy along {axis}, ending at {ys[-1]:.2%}")
