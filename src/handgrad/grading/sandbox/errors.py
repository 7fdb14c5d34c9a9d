"""What becomes of a submission's process that cannot be asked any more."""


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
    """The process is gone."""
