"""`check`: is this layer right, and if not, why?"""

import inspect
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handgrad.checks.calling import Caller
from handgrad.checks.checking import check_piece, examine
from handgrad.checks.objects import case_of, interface_of, operation_for
from handgrad.checks.recognising import interfaces_for, style_named
from handgrad.checks.report import Check
from handgrad.checks.styles import Target
from handgrad.errors import ArgumentError


def check(
    thing: Any, x: npt.ArrayLike | None = None, targets: npt.ArrayLike | None = None, *, course: str = ""
) -> Check:
    """Check a layer, forward and backward, and say what is wrong and where to look.

    A class or a function is tried on a grid of small cases; an object on ``x``, with its own weights.

    Arguments:
        thing: a class or function, in the style of a course or with plain ``forward`` and ``backward``; or an
            object that has these methods.
        x: for an object: what its forward pass takes, any shape. float32 is lifted to float64.
        targets: for a loss: what its forward pass takes beside x.
        course: whose style a class has ("hw5", "cs5242" ...), where its name does not tell.

    Returns:
        a `Check`: true where all is right; printed, it is the answer on one screen; its ``findings`` have the
        ``operation``, ``what``, ``cause``, ``evidence`` and ``case`` of each thing that is wrong.

    Raises:
        DataError: a class or function that is not recognised; the message shows an adapter of four lines.
        ArgumentError: an object without ``x``, or without the two methods.

    Example:
        >>> class Square:
        ...     def forward(self, x):
        ...         self.x = x
        ...         return x**2
        ...     def backward(self, dy):
        ...         return dy * self.x
        >>> found = check(Square(), np.array([[1.0, 2.0, 3.0]]))
        >>> found.ok, [finding.what for finding in found.findings]
        (False, ['dx'])
    """
    if course:
        style_named(course)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        if x is not None:
            raise ArgumentError(
                "check", expected="a class alone, or an object with x", got="a class with x",
                hint=f"check({thing.__name__}(...), x)",
            )  # fmt: skip
        target = Target(thing.__name__, thing, _surroundings(thing), _file(thing))
        return Check(tuple(check_piece(one, target) for one in interfaces_for(target, course)))
    name = type(thing).__name__
    interface = interface_of(thing, name)
    if x is None:
        expected = "x, an array that its forward pass takes"
        raise ArgumentError(f"check({name})", expected=expected, got="none", hint=f"check({name.lower()}, x)")
    case, notes = case_of(thing, np.asarray(x), None if targets is None else np.asarray(targets))
    target = Target(name, thing, {}, _file(type(thing)))
    caller = Caller(interface, target)
    operation, case = operation_for(thing, caller, case, notes)
    piece = examine(caller, operation, [case])
    return Check((piece,), tuple(dict.fromkeys(notes)))


def _surroundings(thing: Any) -> dict[str, Any]:
    """The names beside it: of its module, or of the notebook."""
    if inspect.isfunction(thing):
        return {**thing.__globals__, thing.__name__: thing}
    module = sys.modules.get(thing.__module__)
    return {**(vars(module) if module else {}), thing.__name__: thing}


def _file(thing: Any) -> Path | None:
    try:
        file = inspect.getsourcefile(thing)
    except (TypeError, OSError):
        return None
    return Path(file).resolve() if file else None
