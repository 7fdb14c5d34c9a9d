"""Calling a piece of a student's code: cases in the course's layout, passed through it here or elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.passes.piece import Call, Pass, Target
from handgrad.checks.passes.running import Outcome, Twice, run_once, run_twice
from handgrad.checks.styles.interface import Interface
from handgrad.ops import output_size


class Runner(Protocol):
    """Where a piece runs: in this process, or in another that has the code."""

    def once(self, call: Call, seed: int, *, backward: bool = True) -> Outcome:
        """One pass on a new object."""

    def twice(self, calls: tuple[Call, Call, Call], seed: int) -> Twice:
        """Two passes on one object."""


@dataclass(frozen=True)
class Here:
    """Runs a piece in this process.

    Arguments:
        how: it is built and called.
        target: the piece.
    """

    how: Pass
    target: Target

    def once(self, call: Call, seed: int, *, backward: bool = True) -> Outcome:
        """One pass on a new object."""
        return run_once(self.how, self.target, call, seed, backward=backward)

    def twice(self, calls: tuple[Call, Call, Call], seed: int) -> Twice:
        """Two passes on one object."""
        return run_twice(self.how, self.target, calls, seed)


class Caller:
    """One piece of a student's code, called as its course calls it.

    Arguments:
        interface: how.
        target: the piece.
        progress: is told each pass before it runs, so that an endless one can be named.
        runner: where it runs; else here.
    """

    def __init__(
        self,
        interface: Interface,
        target: Target,
        progress: Callable[[str], None] | None = None,
        runner: Runner | None = None,
    ) -> None:
        self.interface, self.target, self.progress = interface, target, progress
        self.runner = runner or Here(interface.how, target)

    @property
    def goes_back(self) -> bool:
        """Whether there is a backward pass to ask."""
        return self.interface.how.backward is not None

    def arguments(self, case: Case) -> Call:
        """The case in the course's layout: copies, x as the case wants it in memory."""
        arrays = {name: self.interface.there(case, name, array).copy() for name, array in case.arrays.items()}
        if "strided" in case.tags:
            arrays["x"] = in_strides(arrays["x"])
        dy = None if case.dy is None else self.interface.there(case, "dy", case.dy).copy()
        return Call(**{**sizes_of(case), **case.settings, **arrays, "dy": dy})

    def ask(self, case: Case, *, backward: bool = True) -> Outcome:
        """One pass on a new object: forward, and back where that is asked."""
        if self.progress is not None:
            self.progress(f"{self.target.name} as {self.interface.operation}; {case}")
        return self.runner.once(self.arguments(case), case.seed, backward=backward)

    def twice(self, case: Case) -> Twice:
        """Two passes on one object, and what becomes of the first one's results."""
        calls = self.arguments(case), self.arguments(case), self.arguments(moved(case))
        return self.runner.twice(calls, case.seed)

    def value(self, case: Case) -> float:
        """Σ y · dy, or the loss: the number whose slopes the gradients are."""
        outcome = self.ask(case, backward=False)
        y = outcome.got.get("forward")
        if y is None:
            return float("nan")
        dy = 1.0 if case.dy is None else self.interface.there(case, "dy", case.dy)
        if np.shape(y) != np.shape(dy) and case.dy is not None:
            return float("nan")
        return float((y * dy).sum())


def moved(case: Case) -> Case:
    """The same case with other numbers in x."""
    x = case.x if case.x.dtype.kind != "f" else case.x * 0.5 + 0.03
    return replace(case, arrays={**case.arrays, "x": x})


def sizes_of(case: Case) -> dict[str, int]:
    """The sizes that constructors want, by the letters of the dimension key."""
    found: dict[str, int] = {}
    x, weight = case.arrays.get("x"), case.arrays.get("weight")
    if x is None:
        return found
    found |= {"N": len(x)} if x.ndim else {}
    if x.ndim == 4:
        found |= dict(zip(("C", "H", "W"), x.shape[1:], strict=True))
    elif x.ndim == 2:
        found |= {"C": x.shape[1], "H": 1, "W": 1, "K": x.shape[1], "I": x.shape[1], "OH": 1, "OW": 1}
    if weight is not None:
        found["O"] = len(weight)
        if weight.ndim == 4:
            found |= {"KH": weight.shape[2], "KW": weight.shape[3]}
        else:
            found["I"] = weight.shape[-1]
    if "kernel_size" in case.settings:
        found |= dict(zip(("KH", "KW"), case.kernel_size, strict=True))
    if "KH" in found and x.ndim == 4:
        stride, padding = case.stride, case.padding
        found["OH"] = output_size(found["H"], found["KH"], stride, padding)
        found["OW"] = output_size(found["W"], found["KW"], stride, padding)
    return found


def in_strides(x: AnyArray) -> AnyArray:
    """The same numbers, but not lying in memory row by row."""
    if x.ndim < 2:
        return np.repeat(x, 2)[::2]
    return np.ascontiguousarray(x.swapaxes(-1, -2)).swapaxes(-1, -2)
