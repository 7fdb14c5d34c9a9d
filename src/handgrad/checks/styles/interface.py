"""How a course's classes and functions look: the form in which `handgrad.checks` is told."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.passes.piece import Pass


@dataclass(frozen=True)
class Layout:
    """How a course lays an array out.

    Arguments:
        there: from the library's layout; must only move numbers, not change them.
        back: to it.
    """

    there: Callable[[Case, AnyArray], AnyArray]
    back: Callable[[Case, AnyArray], AnyArray]


@dataclass(frozen=True)
class Interface:
    """How a course's class or function is called, and which cases it can be asked.

    Arguments:
        how: it is built and called.
        layouts: by array ("x", "weight", "bias", "y"), where the course's differs; gradients too.
        fits: which cases can be expressed.
        cases: instead of the operation's own.
        promises: results that must come; none: all that the operation has.
        may_change: arguments that the course lets it change in their place.
        rests_on: other pieces of the course that it is built of.
    """

    how: Pass
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    fits: Callable[[Case], bool] = lambda case: True
    cases: Callable[[], Iterable[Case]] | None = None
    promises: tuple[str, ...] = ()
    may_change: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the class, or of the function that goes forward."""
        return self.how.name

    @property
    def operation(self) -> str:
        """Which operation of `handgrad.checks.operations` it is."""
        return self.how.operation

    @property
    def module(self) -> str:
        """Of the course, that it belongs to."""
        return self.how.module

    @property
    def partners(self) -> tuple[str, ...]:
        """Other names of the module that mean this piece too."""
        return self.how.partners

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
