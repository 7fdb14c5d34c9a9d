"""A finding: what is wrong, why as far as the numbers tell, and where to look."""

from dataclasses import dataclass, field
from typing import Any

from handgrad._typing import AnyArray
from handgrad.checks.case import Case

OTHER_CAUSES = {
    "unexplained": "no hypothesis explains these numbers",
    "raises": "the code stops with an exception",
    "wrong-shape": "the result has another shape",
    "nothing-returned": "the result does not come out at all",
    "not-implemented": "nothing but zeros comes out",
    "built-of-a-wrong-layer": "another layer is wrong, which this one is built of",
    "endless-loop": "the code did not come back",
    "process-ended": "the code ended the process",
}
"""Causes that name no mistake, but what is seen."""


@dataclass(frozen=True)
class Shown:
    """One case in full.

    Arguments:
        given: the arguments as the code received them.
        expected, got: the result that is wrong; got is None where there was none.
    """

    given: dict[str, AnyArray]
    expected: AnyArray | None
    got: AnyArray | None


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Arguments:
        operation: in which, by its name in `handgrad.ops`.
        what: "forward", "dx", "dweight", "dbias" ...
        cause: a stable identifier, such as "gradient-divided-by-batch".
        evidence: what the numbers say, a sentence without its full stop.
        case: the smallest case that shows it.
        piece: the class or function.
        error: its relative error.
        line, text, file: where to look; 0 and empty where that cannot be told.
        score: how far the cause explains what was seen, 1 at most or little more.
        shown: the case in full.
    """

    operation: str
    what: str
    cause: str
    evidence: str
    case: str
    piece: str = ""
    error: float | None = None
    line: int = 0
    text: str = ""
    file: str = ""
    score: float = 1.0
    shown: Shown | None = field(default=None, compare=False, repr=False)

    @property
    def explained(self) -> bool:
        """Whether the cause names a mistake."""
        return self.cause not in OTHER_CAUSES

    def as_json(self) -> dict[str, Any]:
        """The finding as ``--json`` prints it."""
        return {
            "operation": self.operation,
            "what": self.what,
            "cause": self.cause,
            "evidence": self.evidence,
            "case": self.case,
            "piece": self.piece,
            "line": self.line or None,
        }


def described(case: Case) -> str:
    """A case in words."""
    return str(case)
