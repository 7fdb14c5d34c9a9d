"""Calling a student's code: with copies of everything, silently, with whatever it raises kept."""

import contextlib
import io
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.styles.interface import ANYTHING, Call, Interface, Target
from handgrad.ops import output_size

HERE = Path(__file__).parent
WATCHED = ("x", "dy", "weight", "bias", "targets", "weight_grads", "bias_grads")
SHOWN = 160  # characters of a message


@dataclass(frozen=True)
class Raised:
    """An exception of a student's code.

    Arguments:
        what: "forward" or "backward".
        sentence: its type and message.
        line: where it was raised, in the student's file; 0 where that is not known.
        text: of that line.
        file: the student's file.
    """

    what: str
    sentence: str
    line: int = 0
    text: str = ""
    file: str = ""


@dataclass
class Outcome:
    """What came out of one pass.

    Arguments:
        got: output and gradients by name, in the course's layout.
        raised: what stopped it.
        changed: which arguments were changed on the way, and by which pass.
        own_shapes: of the arrays that the object itself keeps.
    """

    got: dict[str, AnyArray] = field(default_factory=dict)
    raised: Raised | None = None
    changed: dict[str, str] = field(default_factory=dict)
    own_shapes: set[tuple[int, ...]] = field(default_factory=set)


class Caller:
    """One piece of a student's code, called as its course calls it.

    Arguments:
        interface: how.
        target: the piece.
        progress: is told each pass before it runs, so that an endless one can be named.
    """

    def __init__(
        self, interface: Interface, target: Target, progress: Callable[[str], None] | None = None
    ) -> None:
        self.interface, self.target, self.progress = interface, target, progress

    @property
    def goes_back(self) -> bool:
        """Whether there is a backward pass to ask."""
        return self.interface.backward is not None

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
        outcome, call = Outcome(), self.arguments(case)
        before = {name: np.copy(array) for name, array in vars(call).items() if name in WATCHED}
        with quietly(case.seed):
            try:
                what = "construct"
                made = self.interface.build(self.target, call)
                what = "forward"
                outcome.got = as_outputs(self.interface.forward(made, call))
                note_changes(outcome, before, call, what)
                if backward and self.interface.backward is not None:
                    what = "backward"
                    outcome.own_shapes = shapes_of(made)
                    found = self.interface.backward(made, call)
                    outcome.got |= {name: as_array(value) for name, value in found.items()}
                    note_changes(outcome, before, call, what)
            except ANYTHING as error:
                outcome.raised = raised(what, error, self.target.file)
        return outcome

    def twice(self, case: Case) -> "Twice":
        """Two passes on one object, and what becomes of the first one's results."""
        found = Twice()
        call, other = self.arguments(case), self.arguments(moved(case))
        back = self.interface.backward
        with quietly(case.seed):
            try:
                made = self.interface.build(self.target, call)
                for outcome in (found.first, found.second):
                    outcome.got = as_outputs(self.interface.forward(made, call))
                    if back is not None:
                        outcome.got |= {name: as_array(value) for name, value in back(made, call).items()}
                call = self.arguments(case)
                made = self.interface.build(self.target, call)
                y = self.interface.forward(made, call)
                kept = watched(y if isinstance(y, Mapping) else {"forward": y})
                found.shared = any(np.shares_memory(array, call.x) for array, _ in kept.values())
                if back is not None:
                    gradients = back(made, call)
                    found.later |= {
                        f"{name} of the forward pass": "the backward pass" for name in changed(kept)
                    }
                    kept |= watched({"dx": gradients.get("dx")})
                self.interface.forward(made, other)
                if back is not None:
                    back(made, other)
                for name in changed(kept):
                    found.later.setdefault(name, "a second pass")
            except ANYTHING as error:
                found.second.raised = raised("a second pass", error, self.target.file)
        return found

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


@dataclass
class Twice:
    """Two passes on one object.

    Arguments:
        first, second: what came out.
        later: results of the first pass that changed afterwards, and what changed them.
        shared: whether an output is a piece of x's memory.
    """

    first: Outcome = field(default_factory=Outcome)
    second: Outcome = field(default_factory=Outcome)
    later: dict[str, str] = field(default_factory=dict)
    shared: bool = False


def watched(results: Mapping[str, Any]) -> dict[str, tuple[AnyArray, AnyArray]]:
    """Each result that is an array, with a copy of what it is now."""
    return {
        name: (one, one.copy()) for name, one in results.items() if isinstance(one, np.ndarray) and one.ndim
    }


def changed(kept: Mapping[str, tuple[AnyArray, AnyArray]]) -> list[str]:
    """Those that are no longer what they were."""
    return [name for name, (now, old) in kept.items() if not np.array_equal(now, old, equal_nan=True)]


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


def as_array(value: Any) -> AnyArray:
    """A result as an array of its own: the code may write into it later."""
    array = np.array(value)
    return array if array.dtype.kind in "biuf" else array.astype(np.float64)


def as_outputs(value: Any) -> dict[str, AnyArray]:
    """One output, or several by name."""
    if isinstance(value, Mapping):
        return {name: as_array(one) for name, one in value.items()}
    return {"forward": as_array(value)}


def note_changes(outcome: Outcome, before: Mapping[str, AnyArray], call: Call, what: str) -> None:
    """Which arguments are no longer what they were."""
    for name, old in before.items():
        now = getattr(call, name)
        if name not in outcome.changed and not np.array_equal(old, now, equal_nan=old.dtype.kind == "f"):
            outcome.changed[name] = what
    if hasattr(call, "modified"):
        outcome.changed.setdefault(call.modified, what)


def shapes_of(made: Any) -> set[tuple[int, ...]]:
    """Shapes of the arrays that an object keeps as attributes."""
    kept = vars(made).values() if hasattr(made, "__dict__") else ()
    return {value.shape for value in kept if isinstance(value, np.ndarray)}


@contextlib.contextmanager
def quietly(seed: int) -> Iterator[None]:
    """Without prints and warnings; with NumPy's global generator seeded, and put back afterwards."""
    state = np.random.get_state()
    np.random.seed(seed)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            np.random.set_state(state)


def raised(what: str, error: BaseException, file: Path | None) -> Raised:
    """An exception with the last line of the student's own code that it passed through."""
    sentence = " ".join(f"{type(error).__name__}: {error}".split())[:SHOWN].rstrip(": ")
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if HERE not in Path(frame.filename).parents and "numpy" not in Path(frame.filename).parts
    ]
    own = [frame for frame in frames if file is None or Path(frame.filename).parent == file.parent]
    if not (own or frames):
        return Raised(what, sentence)
    frame = (own or frames)[-1]
    return Raised(what, sentence, frame.lineno or 0, (frame.line or "").strip(), frame.filename)
