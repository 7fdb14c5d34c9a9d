"""What grading found: one result a submission, one item a line of the rubric."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["passed", "partly", "failed", "open", "not run", "by hand"]
"""Of an item: right, right in parts, wrong, as it was handed out, not tried, for the instructor to mark."""


@dataclass(frozen=True)
class Part:
    """One result that a check compared.

    Arguments:
        name: "forward", "dx", "dweight", "dbias" ...
        ok: whether it is right in every case.
        reason: why not, in a sentence; empty where it is right.
    """

    name: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Item:
    """One line of the rubric, and what the submission got for it.

    Arguments:
        name: its stable identifier in the rubric.
        title: for people.
        points, possible: given, and those that can be had; ``points`` may be above (extra) or below 0.
        status: how it went.
        reason: why these points, in a sentence or two.
        parts: what was compared; points are given in their proportion.
        cause: the stable identifier of the mistake that explains it, such as "gradient-divided-by-batch".
        detail: the smallest failing case in full, as `handgrad check` prints it.
        page: of docs/ops, to read on.
        visibility: for Gradescope: "visible", "hidden", "after_due_date" or "after_published".
    """

    name: str
    title: str
    points: float
    possible: float
    status: Status
    reason: str
    parts: tuple[Part, ...] = ()
    cause: str = ""
    detail: str = ""
    page: str = ""
    visibility: str = "visible"


@dataclass(frozen=True)
class Result:
    """What one submission got.

    Arguments:
        submission: its name.
        course: whose it is.
        rubric: its name.
        items: the rubric's lines in order.
        events: what happened beside the marks: it printed a gigabyte, it ended its process ...
        tier: what held the submission: "namespaces", "user" or "limits".
        warnings: what that could not keep from it.
        seconds: that grading took.
        accuracy: on the test images, from 0 to 1, where it was trained.
    """

    submission: str
    course: str
    rubric: str
    items: tuple[Item, ...]
    events: tuple[str, ...] = ()
    tier: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    accuracy: float | None = None
    curve: tuple[Mapping[str, float], ...] = field(default=())

    @property
    def points(self) -> float:
        """The sum of what was given, at least 0."""
        return max(0.0, sum(item.points for item in self.items if item.status != "by hand"))

    @property
    def possible(self) -> float:
        """The sum of what can be had without an instructor's marks and without extra points."""
        return sum(item.possible for item in self.items if item.status != "by hand")

    def as_json(self) -> dict[str, Any]:
        """For the file that a class run keeps."""
        return {**asdict(self), "points": self.points, "possible": self.possible}


def from_json(values: Mapping[str, Any]) -> Result:
    """A result as `Result.as_json` wrote it."""
    items = tuple(
        Item(**{**item, "parts": tuple(Part(**part) for part in item["parts"])}) for item in values["items"]
    )
    kept = {name: value for name, value in values.items() if name not in ("points", "possible")}
    lists = {name: tuple(kept[name]) for name in ("events", "warnings", "curve")}
    return Result(**{**kept, **lists, "items": items})
