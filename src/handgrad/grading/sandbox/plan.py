"""What a submission's process is started with, and how it may fail."""

from dataclasses import dataclass, field
from pathlib import Path

from handgrad.grading.sandbox.limits import Limits


class BoxError(Exception):
    """A submission's process cannot be asked any more; its text says why, in a sentence's words."""


class LateError(BoxError):
    """It did not answer in time.

    Arguments:
        seconds: that it had.
        doing: what it was doing: "forward", "backward", "import" ...
        line: of the submission's own that it was on; 0 where that is not known.
        file: its name.
    """

    def __init__(self, seconds: float, doing: str, line: int = 0, file: str = "") -> None:
        super().__init__(f"it did not come back within {seconds:g} seconds: a loop without an end, it seems")
        self.doing, self.line, self.file = doing, line, file


class GoneError(BoxError):
    """The process is gone.

    Arguments:
        why: in a sentence's words.
        doing: what it was doing, as of a `LateError`.
    """

    def __init__(self, why: str, doing: str = "") -> None:
        super().__init__(why)
        self.doing = doing


@dataclass(frozen=True)
class Plan:
    """What a submission's process is started with.

    Arguments:
        course: whose pieces it has.
        submission: the folder with its files.
        given: the folder with files that its course hands out; the submission's own come first.
        allowed: top-level modules that it may import; none: all that are not forbidden.
        forbidden: those that it may not.
        scripts: modules of which only the definitions are run.
        limits: how much it may use.
    """

    course: str
    submission: Path
    given: Path | None = None
    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
