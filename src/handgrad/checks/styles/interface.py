"""How a course's classes and functions look: the form in which `handgrad.checks` is told."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from handgrad._typing import AnyArray
from handgrad.checks.case import Case

ANYTHING: tuple[type[BaseException], ...] = (Exception, SystemExit)
"""What a student's code may raise where it is called; an interrupt is the user's, and passes."""

Call = SimpleNamespace
"""What is called with: arrays in the course's layout, settings, and the sizes N, C, H, W, O, KH, KW, I."""


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
class Layout:
    """How a course lays an array out.

    Arguments:
        there: from the library's layout; must only move numbers, not change them.
        back: to it.
    """

    there: Callable[[Case, AnyArray], AnyArray]
    back: Callable[[Case, AnyArray], AnyArray]


Gradients = Mapping[str, Any]
"""By "dx", "dweight", "dbias"."""


@dataclass(frozen=True)
class Interface:
    """How one class or function of a course is constructed and called.

    Arguments:
        name: of the class, or of the function that goes forward.
        operation: which operation of `handgrad.checks.operations` it is.
        forward: from what `build` made and a `Call` to the output (or a dict of outputs by name).
        backward: to the gradients by name; is called after `forward`, on the same object.
        build: makes the object, with the weights of the `Call`; of functions: nothing to make.
        layouts: by array ("x", "weight", "bias", "y"), where the course's differs; gradients too.
        fits: which cases can be expressed.
        cases: instead of the operation's own.
        partners: other names of the module that mean this piece too (the backward function, aliases).
        module: of the course, that the piece belongs to.
        promises: results that must come; none: all that the operation has.
        may_change: arguments that the course lets it change in their place.
    """

    name: str
    operation: str
    forward: Callable[[Any, Call], Any]
    backward: Callable[[Any, Call], Gradients] | None = None
    build: Callable[[Target, Call], Any] = lambda target, call: target.space
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    fits: Callable[[Case], bool] = lambda case: True
    cases: Callable[[], Iterable[Case]] | None = None
    partners: tuple[str, ...] = ()
    module: str = ""
    may_change: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()

    def there(self, case: Case, name: str, array: AnyArray) -> AnyArray:
        """An array, gradient or output in the course's layout."""
        layout = self.layouts.get(_array_of(name))
        return array if layout is None else layout.there(case, array)

    def back(self, case: Case, name: str, array: AnyArray) -> AnyArray:
        """An array, gradient or output in the library's layout."""
        layout = self.layouts.get(_array_of(name))
        return array if layout is None else layout.back(case, array)


@dataclass(frozen=True)
class Style:
    """A course: what its classes and functions look like."""

    name: str
    interfaces: tuple[Interface, ...]

    def named(self, name: str) -> tuple[Interface, ...]:
        """Those that a name of a module means."""
        return tuple(one for one in self.interfaces if name == one.name or name in one.partners)


def _array_of(name: str) -> str:
    if name in ("forward", "dy"):
        return "y"
    return name[1:] if name.startswith("d") else name


def put(made: Any, **values: AnyArray) -> Any:
    """Give an object its weights: in the shape that it has them itself, if only axes of length 1 differ."""
    for name, value in values.items():
        old = getattr(made, name, None)
        shape = getattr(old, "shape", value.shape)
        alike = [size for size in shape if size != 1] == [size for size in value.shape if size != 1]
        setattr(made, name, value.reshape(shape) if alike else value)
    return made


def square(case: Case) -> bool:
    """Whether the window is as high as wide."""
    if "weight" in case.arrays:
        KH, KW = case.weight.shape[2:]
    else:
        KH, KW = case.kernel_size
    return bool(KH == KW)


def rows_only(case: Case) -> bool:
    """Whether x is (N, features)."""
    return not case.tags & {"maps", "sequence"}
