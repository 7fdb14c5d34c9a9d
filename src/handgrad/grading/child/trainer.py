"""What trains a submission, one batch at a time, and what all courses' trainers share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

Load: TypeAlias = Callable[[str], Any]
"""A module of the submission by its name, such as ``load("nn_layers")``."""

CLASSES = 10


class InterfaceError(Exception):
    """A submission that is not used as its course says; the message is one sentence for its author."""


class Trainer:
    """The base of the trainers: a network of a submission, trained as its course trains it.

    Arguments:
        load: imports a module of the submission.
        settings: of the course's own, and ``seed`` of NumPy's global generator, from which the courses'
            first values come.

    Raises:
        InterfaceError: the submission lacks what the course asks for.

    Example:
        >>> class Guess(Trainer):
        ...     def step(self, x, y):
        ...         return float("nan")
        ...     def predict(self, x):
        ...         return np.random.randint(10, size=len(x))
        >>> Guess(load=__import__, settings={"seed": 0}).predict(np.zeros((3, 28, 28), np.uint8))
        array([5, 0, 3])
    """

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        np.random.seed(settings["seed"])

    def step(self, x: Array, y: Array) -> float:
        """Learn from a batch.

        Arguments:
            x: (N, 28, 28), bytes.
            y: (N,), the digits.

        Returns:
            the loss before the step, nan where the submission tells none.

        Raises:
            InterfaceError: something came back that is not what the course says.
        """
        raise NotImplementedError

    def predict(self, x: Array) -> Array:
        """What the network says of images, in evaluation mode.

        Arguments:
            x: (N, 28, 28), bytes.

        Returns:
            scores (N, 10), or classes (N,), as the submission gives them: not checked here.

        Raises:
            InterfaceError: something came back that is not what the course says.
        """
        raise NotImplementedError

    def epoch(self) -> None:
        """Be told that an epoch is over; most courses do nothing then."""


def member(load: Load, module: str, name: str) -> Any:
    """A class or function of a submission.

    Raises:
        InterfaceError: its module has none of this name.

    Example:
        >>> member(__import__, "math", "tau") > 6
        True
    """
    found = getattr(load(module), name, None)
    if found is None:
        raise InterfaceError(f"{module}.py has no {name}, which the course asks for.")
    return found


def two(result: Any, call: str, meaning: str) -> tuple[Any, Any]:
    """The two values that a call of the submission must return.

    Arguments:
        result: what it returned.
        call: how it was called.
        meaning: of the two, for the error.

    Raises:
        InterfaceError: they are not two.

    Example:
        >>> two(None, "forward(x, y)", "scores and loss")
        Traceback (most recent call last):
        handgrad.grading.child.trainer.InterfaceError: forward(x, y) returned None, not scores and loss.
    """
    if isinstance(result, (tuple, list)) and len(result) == 2:
        return result[0], result[1]
    found = "None" if result is None else f"a {type(result).__name__}"
    raise InterfaceError(f"{call} returned {found}, not {meaning}.")


def number(loss: Any) -> float:
    """A loss as a number: nan where there is none, the mean of one for each image.

    Example:
        >>> number(np.array([1.0, 3.0])), number(None)
        (2.0, nan)
    """
    try:
        return float(np.mean(loss))
    except (TypeError, ValueError):
        return float("nan")


def maps(x: Array) -> Array:
    """Bytes as most courses take them: (N, 28, 28) to (N, 1, 28, 28), from 0 to 1."""
    return x[:, None] / 255.0


def one_hot(y: Array) -> Array:
    """Digits (N,) as rows (N, 10) with a 1 at the digit."""
    rows: Array = np.eye(CLASSES)[y]
    return rows
