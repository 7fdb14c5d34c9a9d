"""A piece of a student's code, and how it is built and called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy.typing as npt

AnyArray = npt.NDArray[Any]

ANYTHING: tuple[type[BaseException], ...] = (Exception, SystemExit)
"""What a student's code may raise where it is called; an interrupt is the user's, and passes."""

Call = SimpleNamespace
"""What is called with: arrays in the course's layout, settings, and the sizes N, C, H, W, O, KH, KW, I."""

Gradients = Mapping[str, Any]
"""By "dx", "dweight", "dbias"."""


@dataclass(frozen=True)
class Target:
    """A piece of a student's code.

    Arguments:
        name: of the class or function.
        thing: itself.
        space: the names of the module that it is in.
        file: which that is, where it is known.
    """

    name: str
    thing: Any
    space: Mapping[str, Any] = field(default_factory=dict)
    file: Path | None = None


@dataclass(frozen=True)
class Pass:
    """How one class or function of a course is built and called.

    Arguments:
        name: of the class, or of the function that goes forward.
        operation: which operation of `handgrad.checks.operations` it is.
        forward: from what `build` made and a `Call` to the output (or a dict of outputs by name).
        backward: to the gradients by name; is called after `forward`, on the same object.
        build: makes the object, with the weights of the `Call`; of functions: nothing to make.
        module: of the course, that it belongs to.
        partners: other names of the module that mean this piece too (the backward function, aliases).
    """

    name: str
    operation: str
    forward: Callable[[Any, Call], Any]
    backward: Callable[[Any, Call], Gradients] | None = None
    build: Callable[[Target, Call], Any] = lambda target, call: target.space
    module: str = ""
    partners: tuple[str, ...] = ()


def put(made: Any, **values: AnyArray) -> Any:
    """Give an object its weights: in the shape that it has them itself, if only axes of length 1 differ."""
    for name, value in values.items():
        old = getattr(made, name, None)
        shape = getattr(old, "shape", value.shape)
        alike = [size for size in shape if size != 1] == [size for size in value.shape if size != 1]
        setattr(made, name, value.reshape(shape) if alike else value)
    return made


class ReturnedError(Exception):
    """More or fewer results come back than are asked for."""


def named(names: Sequence[str], found: Any) -> dict[str, Any]:
    """The results that a function returns together, by name; none where it returns nothing.

    Example:
        >>> named(("dx", "dweight"), (1, 2))
        {'dx': 1, 'dweight': 2}
    """
    if found is None:
        return {}
    number = len(found) if isinstance(found, (tuple, list)) else 1
    if number != len(names):
        much = "too few" if number < len(names) else "too many"
        returned = "1 is returned" if number == 1 else f"{number} are returned"
        raise ReturnedError(f"{much} results: {returned}, not {len(names)} ({', '.join(names)})")
    return dict(zip(names, found, strict=True))
