"""One pass, or two, through a piece: silently, with whatever it raises kept."""

import contextlib
import io
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .piece import ANYTHING, AnyArray, Call, Pass, ReturnedError, Target

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
        cause: "raises", or what else stopped it: "endless-loop", "process-ended".
    """

    what: str
    sentence: str
    line: int = 0
    text: str = ""
    file: str = ""
    cause: str = "raises"


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


def run_once(
    how: Pass,
    target: Target,
    call: Call,
    seed: int,
    *,
    backward: bool = True,
    tell: Callable[[str], None] = lambda what: None,
) -> Outcome:
    """One pass on a new object: forward, and back where that is asked.

    Arguments:
        how: the piece is built and called.
        target: the piece.
        call: what it is given; it may write into these arrays.
        seed: of NumPy's global generator.
        backward: whether to go back too.
        tell: is told before the backward pass begins.
    """
    outcome = Outcome()
    before = {name: np.copy(array) for name, array in vars(call).items() if name in WATCHED}
    with quietly(seed):
        try:
            what = "construct"
            made = how.build(target, call)
            what = "forward"
            outcome.got = as_outputs(how.forward(made, call))
            note_changes(outcome, before, call, what)
            if backward and how.backward is not None:
                what = "backward"
                tell(what)
                outcome.own_shapes = shapes_of(made)
                found = how.backward(made, call)
                outcome.got |= as_outputs(found)
                note_changes(outcome, before, call, what)
        except ANYTHING as error:
            outcome.raised = raised(what, error, target.file)
    return outcome


def run_twice(how: Pass, target: Target, calls: tuple[Call, Call, Call], seed: int) -> Twice:
    """Two passes on one object, and what becomes of the first one's results.

    Arguments:
        how: the piece is built and called.
        target: the piece.
        calls: for both passes on one object; the same again, for another object; and with another x, which
            is passed through that other object afterwards.
        seed: of NumPy's global generator.
    """
    found = Twice()
    again, call, other = calls
    back = how.backward
    with quietly(seed):
        try:
            made = how.build(target, again)
            for outcome in (found.first, found.second):
                outcome.got = as_outputs(how.forward(made, again))
                if back is not None:
                    outcome.got |= as_outputs(back(made, again))
            made = how.build(target, call)
            y = how.forward(made, call)
            kept = watched(y if isinstance(y, Mapping) else {"forward": y})
            found.shared = any(np.shares_memory(array, call.x) for array, _ in kept.values())
            if back is not None:
                gradients = back(made, call)
                found.later |= {f"{name} of the forward pass": "the backward pass" for name in changed(kept)}
                kept |= watched({"dx": gradients.get("dx")})
            how.forward(made, other)
            if back is not None:
                back(made, other)
            for name in changed(kept):
                found.later.setdefault(name, "a second pass")
        except ANYTHING as error:
            found.second.raised = raised("a second pass", error, target.file)
    return found


def watched(results: Mapping[str, Any]) -> dict[str, tuple[AnyArray, AnyArray]]:
    """Each result that is an array, with a copy of what it is now."""
    return {
        name: (one, one.copy()) for name, one in results.items() if isinstance(one, np.ndarray) and one.ndim
    }


def changed(kept: Mapping[str, tuple[AnyArray, AnyArray]]) -> list[str]:
    """Those that are no longer what they were."""
    return [name for name, (now, old) in kept.items() if not np.array_equal(now, old, equal_nan=True)]


def as_array(value: Any) -> AnyArray:
    """A result as an array of its own: the code may write into it later."""
    array = np.array(value)
    return array if array.dtype.kind in "biuf" else array.astype(np.float64)


def as_outputs(value: Any) -> dict[str, AnyArray]:
    """One output, or several by name, without those that are None: nothing came out there."""
    named = value if isinstance(value, Mapping) else {"forward": value}
    return {name: as_array(one) for name, one in named.items() if one is not None}


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


class Nowhere(io.TextIOBase):
    """Takes what is printed, however much, and keeps nothing of it."""

    printed = 0
    """Characters, all together."""

    def write(self, text: str) -> int:
        """Count, and forget."""
        Nowhere.printed += len(text)
        return len(text)


@contextlib.contextmanager
def quietly(seed: int) -> Iterator[None]:
    """Without prints and warnings; with NumPy's global generator seeded, and put back afterwards."""
    state = np.random.get_state()
    np.random.seed(seed)
    with (
        contextlib.redirect_stdout(Nowhere()),
        contextlib.redirect_stderr(Nowhere()),
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
    words = str(error) if isinstance(error, ReturnedError) else f"{type(error).__name__}: {error}"
    sentence = " ".join(words.split())[:SHOWN].rstrip(": ")
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
