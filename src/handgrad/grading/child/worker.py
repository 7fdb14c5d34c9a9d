"""The submission's process: imports its modules, runs what it is asked, and answers with arrays."""

import faulthandler
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from ...checks.passes import find_pass
from ...checks.passes.piece import ANYTHING, Call, Target
from ...checks.passes.running import Nowhere, Outcome, Raised, quietly, raised, run_once, run_twice
from . import guard
from .channel import AnyArray, Message, pack, unpack

LARGEST = 1 << 30  # bytes of arrays in one request
SHOWN = 6
"""Names of NumPy that are told where a submission has exchanged them."""

Answer = tuple[dict[str, Any], dict[str, AnyArray]]


class Worker:
    """Answers requests, one after the other.

    Arguments:
        settings: the folder of the submission, what it may import, and the course.
        trainers: makes a trainer by the name of its protocol.
    """

    def __init__(self, settings: Mapping[str, Any], trainers: Mapping[str, Callable[..., Any]]) -> None:
        self.settings, self.trainers = settings, trainers
        self.trainer: Any = None
        self.numpy = dict(vars(np))

    def answer(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """What a request asks for: the name of the method that it is for."""
        method: Callable[..., Answer] = getattr(self, f"do_{request['do']}")
        return method(request, arrays)

    def do_import(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """Import a module; answers with its names, or with what stopped it."""
        name = request["module"]
        with quietly(0):
            try:
                module = importlib.import_module(name)
            except ANYTHING as error:
                return {"raised": vars(self._raised("import", error, None))}, {}
        return {"names": list(vars(module)), "file": str(getattr(module, "__file__", ""))}, {}

    def do_once(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """One pass through a piece."""
        how, target = self._piece(request)
        call = self._call(request["call"], arrays, "")
        outcome = run_once(
            how, target, call, request["seed"], backward=request["backward"], tell=lambda what: tell(what)
        )
        return described(outcome, "")

    def do_twice(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """Two passes through one object of a piece."""
        how, target = self._piece(request)
        calls = [self._call(values, arrays, f"{index}/") for index, values in enumerate(request["calls"])]
        found = run_twice(how, target, (calls[0], calls[1], calls[2]), request["seed"])
        first, arrays = described(found.first, "first/")
        second, more = described(found.second, "second/")
        both = {"first": first, "second": second, "later": found.later, "shared": found.shared}
        return both, {**arrays, **more}

    def do_start(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """Build the network that is to be trained."""

        def start() -> None:
            self.trainer = self.trainers[request["protocol"]](importlib.import_module, request["settings"])

        return self._trained(start)

    def do_step(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """One step of a training."""
        return self._trained(lambda: {"loss": float(self.trainer.step(arrays["x"], arrays["y"]))})

    def do_epoch(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """An epoch is over."""
        return self._trained(self.trainer.epoch)

    def do_predict(self, request: dict[str, Any], arrays: dict[str, AnyArray]) -> Answer:
        """Predictions for images."""
        return self._trained(lambda: np.array(self.trainer.predict(arrays["x"])))

    def _trained(self, what: Callable[[], Any]) -> Answer:
        try:
            with np.errstate(all="ignore"):
                found = what()
        except ANYTHING as error:
            return {"raised": vars(self._raised("training", error, None))}, {}
        if isinstance(found, np.ndarray):
            return {}, {"found": found.astype(np.float64)}
        return found or {}, {}

    def _raised(self, what: str, error: BaseException, file: Path | None) -> Raised:
        return raised(what, error, file or Path(self.settings["submission"]) / "any.py")

    def _piece(self, request: dict[str, Any]) -> tuple[Any, Target]:
        module = sys.modules[request["module"]]
        how = find_pass(self.settings["course"], request["name"], request["operation"])
        space = vars(module)
        target = Target(
            request["target"], space[request["target"]], space, Path(module.__file__ or "unknown")
        )
        return how, target

    def _call(self, values: dict[str, Any], arrays: dict[str, AnyArray], prefix: str) -> Call:
        plain = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
        own = {
            name[len(prefix) :]: array
            for name, array in arrays.items()
            if not prefix or name.startswith(prefix)
        }
        return Call(**plain, **own)

    def oddities(self) -> dict[str, Any]:
        """What the submission did beside answering: exchanged parts of NumPy, printed."""
        now = vars(np)
        names = [name for name, thing in self.numpy.items() if now.get(name) is not thing]
        return {"numpy": names[:SHOWN], "printed": Nowhere.printed}


def described(outcome: Outcome, prefix: str) -> Answer:
    """An outcome as a message."""
    values = {
        "raised": None if outcome.raised is None else vars(outcome.raised),
        "changed": outcome.changed,
        "own_shapes": [list(shape) for shape in outcome.own_shapes],
    }
    return values, {f"{prefix}{name}": array for name, array in outcome.got.items()}


def tell(what: str) -> None:
    """Say on the trace that a pass begins, so that an endless one can be named."""
    os.write(TRACE, f"begins: {what}\n".encode())


REQUESTS, ANSWERS, TRACE = 3, 4, 5
"""File descriptors that the process is started with."""


def reader(file: FileIO) -> Callable[[int], bytes]:
    """Reads exactly so many bytes."""

    def read(size: int) -> bytes:
        parts, left = [], size
        while left:
            part = file.read(min(left, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    return read


def main() -> None:
    """Answer requests until there are no more."""
    from .trainers import TRAINERS

    requests, answers = FileIO(REQUESTS), FileIO(ANSWERS, "w")
    trace = os.fdopen(TRACE, "w", closefd=False)
    read = reader(requests)
    settings, _ = unpack(read, LARGEST)
    guard.install(
        [settings["submission"], settings["given"]],
        settings["allowed"],
        settings["forbidden"],
        settings["scripts"],
    )
    worker = Worker(settings, TRAINERS)
    send(answers, ({"ready": True}, {}))
    while True:
        try:
            request, arrays = unpack(read, LARGEST)
        except EOFError:
            return
        faulthandler.dump_traceback_later(request["patience"], file=trace)
        tell(request["do"])
        values, found = worker.answer(request, arrays)
        faulthandler.cancel_dump_traceback_later()
        send(answers, ({**values, **worker.oddities()}, found))


def send(file: FileIO, message: Message) -> None:
    """A whole message; a pipe takes no more than it holds at once."""
    data = memoryview(pack(*message))
    while data:
        data = data[file.write(data) or 0 :]
