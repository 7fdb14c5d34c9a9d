"""Errors for people: where it happened, what was expected, what was found, what to do.

Every mistake that a user can make ends in a `HandgradError`. The command line prints its one sentence
and leaves with exit code 1; nobody who misspells a file name is shown a traceback.
"""

from typing import Any


class HandgradError(Exception):
    """A mistake that its reader can mend.

    Arguments:
        where: what was being read or run ("train-images-idx3-ubyte.gz", "conv2d").
        expected: what should have been there.
        got: what was.
        hint: the likely fix, an imperative sentence without its full stop.

    Example:
        >>> print(HandgradError("batch", expected="at least one image", got="none", hint="check the range"))
        batch: expected at least one image, got none. Hint: check the range.
    """

    def __init__(self, where: str, *, expected: str, got: str, hint: str = "") -> None:
        self.where, self.expected, self.got, self.hint = where, expected, got, hint
        super().__init__(where, expected, got, hint)

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it can cross from one process to another."""
        return _again, (type(self), self.where, self.expected, self.got, self.hint)

    def __str__(self) -> str:
        sentence = f"{self.where}: expected {self.expected}, got {self.got}."
        return f"{sentence} Hint: {self.hint}." if self.hint else sentence


def _again(kind: type[HandgradError], where: str, expected: str, got: str, hint: str) -> HandgradError:
    return kind(where, expected=expected, got=got, hint=hint)


class ShapeError(HandgradError, ValueError):
    """An array whose shape does not fit where it was put."""


class ArgumentError(HandgradError, ValueError):
    """An option or argument with a value that makes no sense."""


class DataError(HandgradError, ValueError):
    """A data set, or a file of one, that is missing, damaged or not what its name says."""


class DownloadError(DataError):
    """No mirror could deliver a data set whole."""


class RecipeError(HandgradError, ValueError):
    """A recipe with an unknown key, or a value that it cannot have."""


class RubricError(HandgradError, ValueError):
    """A rubric with an unknown key or a value that it cannot have, or marks that do not fit it."""


class WeightsError(HandgradError, ValueError):
    """Weights that do not belong to the network that is to take them."""


class RunError(HandgradError):
    """A run folder that cannot be written, read or continued."""


class NonFiniteError(HandgradError, ArithmeticError):
    """A loss, an activation or a gradient became NaN or infinite."""


class EngineWarning(UserWarning):
    """Something runs more slowly than it could; what it computes is the same."""
