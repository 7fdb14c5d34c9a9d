"""Pieces of a submission, run in its process: what `handgrad.checks` asks of them, and what became of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.definitions import decoded
from handgrad.checks.passes.piece import Call
from handgrad.checks.passes.running import Outcome, Raised, Twice
from handgrad.checks.styles import Interface
from handgrad.grading.sandbox import Box, BoxError, GoneError, LateError

SHOWN = 200  # characters of a message

LEAST = 0.5
"""Seconds that a call has at the least."""

STEPS = ("construct", "forward", "backward")
"""Where an exception may have stopped a pass: what is told of any other step is of the forward pass."""

Open = Callable[[], Box]
"""Starts a submission's process."""


class Host:
    """Keeps a submission's process running: starts another where one has ended.

    Arguments:
        open_box: starts one.
        folder: with the submission's files, for the lines that it stops in.
        seconds: that a call may take.
        hurried: seconds that calls may take once one has not come back.
        together: seconds that all calls may take; those that come later have `LEAST`.
    """

    def __init__(
        self,
        open_box: Open,
        folder: Path,
        seconds: float,
        hurried: float,
        together: float = float("inf"),
    ) -> None:
        self.open_box, self.folder = open_box, folder
        self.seconds, self.hurried = seconds, min(hurried, seconds)
        self.together = self.left = together
        self.box: Box | None = None
        self.imported: set[str] = set()
        self.events: list[str] = []
        self.printed = 0

    def ask(
        self,
        request: Mapping[str, Any],
        arrays: Mapping[str, AnyArray] | None = None,
        seconds: float | None = None,
    ) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """Ask the process, started where there is none.

        Arguments:
            request: what; see `grading.child.worker`.
            arrays: that go with it.
            seconds: that it may take; else as long as a call may.

        Raises:
            BoxError: no answer; the process is gone.
        """
        if self.box is None:
            self.box = self.open_box()
            self.imported = set()
        box, start = self.box, time.monotonic()
        try:
            found = box.ask(request, arrays, seconds=min(seconds or self.seconds, max(self.left, LEAST)))
        except BoxError as error:
            if isinstance(error, LateError):
                self.seconds = self.hurried
            self.note(f"while {_doing(request)}, {error}")
            self.close()
            raise
        finally:
            self._spend(time.monotonic() - start)
        if box.numpy:
            self.note(
                f"it exchanged parts of NumPy: {', '.join(box.numpy)}; the verdict is another process's"
            )
        return found

    def _spend(self, seconds: float) -> None:
        """Count the time of a call; calls just below their limit shall not add up without end."""
        if self.left > 0 >= self.left - seconds:
            words = f"its calls took {self.together:g} seconds together"
            self.note(f"{words}; each of the others had {LEAST:g} seconds")
        self.left -= seconds

    def names(self, module: str) -> tuple[frozenset[str], Raised | None]:
        """Import a module; its names, or what stopped it."""
        try:
            values, _ = self.ask({"do": "import", "module": module}, seconds=3 * self.seconds)
        except BoxError as error:
            return frozenset(), ended("import", error, self.folder)
        self.imported.add(module)
        stop = values.get("raised")
        if stop is not None:
            return frozenset(), raised_of(stop, self.folder)
        return frozenset(_texts(values.get("names"))), None

    def ready(self, module: str) -> None:
        """See that the process has a module; a new one has none.

        Raises:
            BoxError: it ended, or it does not import this time.
        """
        if self.box is None or module not in self.imported:
            values, _ = self.ask({"do": "import", "module": module})
            if values.get("raised"):
                raise BoxError(f"{module} could not be imported again")
            self.imported.add(module)

    def close(self) -> None:
        """End the process; how much it printed is kept."""
        if self.box is not None:
            self.box.close()
            self.printed += self.box.printed + self.box.quiet
        self.box = None

    def note(self, sentence: str) -> None:
        """Keep what happened, once; nothing is no event."""
        if sentence and sentence not in self.events:
            self.events.append(sentence)


def _doing(request: Mapping[str, Any]) -> str:
    """What a request is about, in words."""
    if request["do"] == "import":
        return f"{request['module']}.py was imported"
    if request["do"] in ("once", "twice"):
        return f"{request['target']} was tried"
    return "it was trained"


class Remote:
    """Runs one piece in the submission's process; what never came back once is not asked again.

    Arguments:
        host: keeps the process.
        interface: how the piece is called.
        target: its name in the module.
    """

    def __init__(self, host: Host, interface: Interface, target: str) -> None:
        self.host, self.interface, self.target = host, interface, target
        self.dead: dict[str, Raised] = {}

    def once(self, call: Call, seed: int, *, backward: bool = True) -> Outcome:
        """One pass on a new object."""
        if "forward" in self.dead:
            return Outcome(raised=self.dead["forward"])
        back = backward and "backward" not in self.dead
        values, arrays = _parted(call)
        request = {**self._request("once", seed), "backward": back, "call": values}
        try:
            self.host.ready(self.interface.module)
            found, results = self.host.ask(request, arrays)
        except BoxError as error:
            stop = ended("forward", error, self.host.folder)
            if not back:
                stop = replace(stop, what="forward")  # whatever the process says of itself
            self.dead[stop.what] = stop
            return (
                self.once(call, seed, backward=backward) if stop.what == "backward" else Outcome(raised=stop)
            )
        outcome = outcome_of(found, results, "", self.host.folder)
        if backward and not back and outcome.raised is None:
            outcome.raised = self.dead["backward"]
        return outcome

    def twice(self, calls: tuple[Call, Call, Call], seed: int) -> Twice:
        """Two passes on one object."""
        if self.dead:
            return Twice()
        parted = [_parted(call) for call in calls]
        arrays = {f"{i}/{name}": array for i, (_, own) in enumerate(parted) for name, array in own.items()}
        request = {**self._request("twice", seed), "calls": [values for values, _ in parted]}
        try:
            self.host.ready(self.interface.module)
            found, results = self.host.ask(request, arrays)
        except BoxError as error:
            self.dead["forward"] = ended("a second pass", error, self.host.folder)
            return Twice()
        folder = self.host.folder
        return Twice(
            outcome_of(_dict(found.get("first")), results, "first/", folder),
            outcome_of(_dict(found.get("second")), results, "second/", folder),
            _words(found.get("later")),
            bool(found.get("shared")),
        )

    def _request(self, what: str, seed: int) -> dict[str, Any]:
        one = self.interface
        names = {"module": one.module, "name": one.name, "operation": one.operation, "target": self.target}
        return {"do": what, "seed": seed, **names}


def _parted(call: Call) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Numbers and arrays of a call."""
    arrays = {name: value for name, value in vars(call).items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in vars(call).items() if name not in arrays}, arrays


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: Any) -> dict[str, str]:
    """What is said of arguments or results, by their names."""
    return {name: by for name, by in _dict(value).items() if isinstance(by, str)}


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _shapes(value: Any) -> set[tuple[int, ...]]:
    shapes = [one for one in value if isinstance(one, list)] if isinstance(value, list) else []
    return {tuple(shape) for shape in shapes if all(type(size) is int for size in shape)}


def outcome_of(
    values: Mapping[str, Any], arrays: Mapping[str, AnyArray], prefix: str, folder: Path
) -> Outcome:
    """An outcome as it came from the process; nothing in it is believed but its numbers."""
    own = {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
    stop = values.get("raised")
    return Outcome(
        own,
        raised_of(stop, folder) if stop is not None else None,
        _words(values.get("changed")),
        _shapes(values.get("own_shapes")),
    )


def raised_of(values: Any, folder: Path) -> Raised:
    """An exception as the process tells it; the line's text is read from the file here."""
    told = {name: value for name, value in _dict(values).items() if isinstance(value, (str, int))}
    what, line = told.get("what"), told.get("line")
    file = PurePath(str(told.get("file", ""))).name
    number, text, path = placed(line if isinstance(line, int) else 0, file, folder)
    known = str(what) if what in STEPS else "forward"
    return Raised(known, str(told.get("sentence", "it stopped"))[:SHOWN], number, text, path)


def ended(what: str, error: BoxError, folder: Path) -> Raised:
    """What ended the process, as an exception."""
    told = error.doing if isinstance(error, (LateError, GoneError)) else ""
    doing = told if told in ("forward", "backward") else what
    if isinstance(error, LateError):
        return Raised(doing, str(error), *placed(error.line, error.file, folder), cause="endless-loop")
    return Raised(doing, str(error), cause="process-ended")


def placed(line: int, file: str, folder: Path) -> tuple[int, str, str]:
    """A line of a submission's file: its number, its text, the path; zeros where there is no such line."""
    own = (path for path in sorted(folder.rglob("*.py")) if path.name == file and path.is_file())
    found = next(own, None)
    if found is None or line < 1:
        return 0, "", ""
    lines = decoded(found.read_bytes()).splitlines()
    return (line, lines[line - 1].strip(), str(found)) if line <= len(lines) else (0, "", "")
