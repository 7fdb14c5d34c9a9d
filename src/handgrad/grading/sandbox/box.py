"""A submission's process: started, asked, watched, ended."""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from handgrad._typing import AnyArray
from handgrad.grading.child.channel import GarbledError, Message, pack, unpack
from handgrad.grading.sandbox.laying import lay_out_box
from handgrad.grading.sandbox.limits import MIB
from handgrad.grading.sandbox.plan import GoneError, LateError, Plan
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES, Tier, hidden, shown, user_for
from handgrad.grading.sandbox.users import end_all_of, threads_of

LAUNCHER = Path(__file__).with_name("launcher.py")
BEFORE = 0.5
"""Seconds before the end of its time in which the process writes down where it is."""

FAILED = 97
"""Exit status of a launcher that could not shut the process in."""

NAME = 40
"""Characters of a name that the process tells."""

MOST_PRINTED = 1 << 50
"""Characters that a process is believed to have printed."""

LAST = 200
"""Bytes of what it printed that are shown where it ended."""

START = 60.0
"""Seconds that a process may take to start."""

PARTING = 5.0
"""Seconds between the end of a process's channel and its own."""

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)')
SIGNALS = {signal.SIGXCPU: "its processor time was used up", signal.SIGKILL: "it was killed"}
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from grader.grading.child.worker import main; main()"


class Box:
    """A process that holds one submission.

    Arguments:
        plan: what it is.
        tier: how it is held.
    """

    def __init__(self, plan: Plan, tier: Tier) -> None:
        self.plan, self.tier = plan, tier
        self.user = user_for(tier)
        self.folder = Path(tempfile.mkdtemp(prefix="handgrad-grade-"))
        self.printed = 0
        self.numpy: list[str] = []
        self.kept = bytearray()
        self.trace = bytearray()
        try:
            lay_out_box(self.folder, plan, self.user)
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Box":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def place(self, name: str) -> str:
        """Where the process sees one of the folders."""
        return f"/box/{name}" if self.tier == NAMESPACES else str(self.folder / name)

    def _orders(self) -> dict[str, Any]:
        limits = self.plan.limits
        own = [(str(self.folder / name), f"/box/{name}") for name in ("code", "submission", "given")]
        return {
            "tier": self.tier.name,
            "user": self.user,
            "root": str(self.folder / "root"),
            "work": self.place("work"),
            "shown": [*shown(), *own],
            "hidden": hidden(),
            "disk": f"{limits.disk}m",
            "limits": {
                "cpu": limits.cpu,
                "memory": limits.memory * MIB,
                "file": limits.file * MIB,
                "processes": limits.processes + (threads_of(self.user) if self.tier == LIMITS else 0),
                "files": 256,
            },
            "command": [sys.executable, "-I", "-B", "-c", CHILD, self.place("code")],
            "environment": {
                "PATH": "/usr/bin:/bin",
                "HOME": self.place("work"),
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
                "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": "/tmp",
                "PYTHONHASHSEED": "0",
            },
        }

    def _start(self) -> None:
        to_child, self.requests = os.pipe()
        self.answers, from_child = os.pipe()
        self.traces, trace = os.pipe()
        ends = (to_child, from_child, trace)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", HANDS, str(LAUNCHER), *map(str, ends)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=ends,
            start_new_session=True,
            env={},
        )
        for end in ends:
            os.close(end)
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(self._orders()).encode())
            self.process.stdin.close()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        plan = self.plan
        settings = {
            "course": plan.course,
            "submission": self.place("submission"),
            "given": self.place("given"),
            "allowed": plan.allowed,
            "forbidden": plan.forbidden,
            "scripts": plan.scripts,
        }
        os.set_blocking(self.requests, False)
        self._exchange(pack(settings, {}), START, "start")

    def _listen(self) -> None:
        """Take what is printed, and what the process says of itself, so that it never waits for us."""
        assert self.process.stdout is not None
        printed, most = self.process.stdout.fileno(), int(self.plan.limits.printed * MIB)
        open_ends = [printed, self.traces]
        while open_ends:
            for end in select.select(open_ends, [], [])[0]:
                data = os.read(end, 1 << 16)
                if not data:
                    open_ends.remove(end)
                elif end == printed:
                    self.printed += len(data)
                    self.kept += data[: max(0, most - len(self.kept))]
                else:
                    self.trace += data
                    del self.trace[: -(1 << 16)]

    def ask(
        self, request: Mapping[str, Any], arrays: Mapping[str, AnyArray] | None = None, *, seconds: float
    ) -> Message:
        """Send a request, and wait for its answer.

        Arguments:
            request: what is asked.
            arrays: that go with it.
            seconds: that it may take.

        Raises:
            LateError: no answer came in time; the process is ended.
            GoneError: the process ended, or what came is no answer.
        """
        self.trace.clear()
        patience = max(seconds - BEFORE, seconds / 2)
        data = pack({**request, "patience": patience}, arrays or {})
        values, found = self._exchange(data, seconds, str(request["do"]))
        names, printed = values.get("numpy"), values.get("printed")
        named = names if isinstance(names, list) else []
        self.numpy = [name[:NAME] for name in named if isinstance(name, str)][:6]
        self.quiet = min(max(printed, 0), MOST_PRINTED) if isinstance(printed, int) else 0
        return values, found

    quiet = 0
    """Characters that its layers printed, which were taken and not kept."""

    def _exchange(self, data: bytes, seconds: float, doing: str) -> Message:
        """Send bytes and take the answer, both within the time: a process need not read what it is sent."""
        deadline = time.monotonic() + seconds

        def left() -> float:
            return max(0.0, deadline - time.monotonic())

        def read(size: int) -> bytes:
            parts, missing = [], size
            while missing:
                if not select.select([self.answers], [], [], left())[0]:
                    raise TimeoutError
                part = os.read(self.answers, min(missing, 1 << 20))
                if not part:
                    raise EOFError
                parts.append(part)
                missing -= len(part)
            return b"".join(parts)

        try:
            view = memoryview(data)
            while view:
                if not select.select([], [self.requests], [], left())[1]:
                    raise TimeoutError
                view = view[os.write(self.requests, view[: 1 << 20]) :]
            return unpack(read, self.plan.limits.answer * MIB)
        except TimeoutError:
            place = self._place()
            self.end()
            raise LateError(seconds, self._doing(doing), *place) from None
        except GarbledError as error:
            self.end()
            raise GoneError(f"what came back is no answer ({error})", self._doing(doing)) from None
        except (EOFError, BrokenPipeError):
            raise GoneError(self._how_it_ended(), self._doing(doing)) from None

    def _how_it_ended(self) -> str:
        """How the process ended."""
        try:
            self.process.wait(PARTING)
        except subprocess.TimeoutExpired:
            self.end()
            return "it closed the channel of its answers"
        self.end()
        self.listener.join(5.0)
        code = self.process.returncode or 0
        number = -code if code < 0 else code - 128 if code > 128 else 0
        last = bytes(self.kept[-LAST:]).decode(errors="replace").strip()
        if number in SIGNALS:
            return f"the process ended: {SIGNALS[signal.Signals(number)]}"
        if code == FAILED:
            return last or "the process could not be started"
        how = f"by signal {number}" if number else f"with exit code {code}"
        said = f"; the last that it printed: {last.rpartition(chr(10))[2]!r}" if last and code else ""
        return f"the code ended the whole process, {how}{said}"

    def _doing(self, request: str) -> str:
        found = re.findall(r"begins: (\w+)", self.trace.decode(errors="replace"))
        return found[-1] if found else request

    def _place(self) -> tuple[int, str]:
        """The innermost line of the submission's own that the trace shows."""
        for found in FRAME.finditer(self.trace.decode(errors="replace")):
            file = Path(found["file"])
            if file.parent == Path(self.place("submission")):
                return int(found["line"]), file.name
        return 0, ""

    def end(self) -> None:
        """End the process, and all that it started."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.tier != NAMESPACES and self.user != os.getuid():
            end_all_of(self.user)

    def close(self) -> None:
        """End it, and take its folder away."""
        if hasattr(self, "process"):
            self.end()
            self.listener.join(1.0)
            assert self.process.stdout is not None
            if not self.listener.is_alive():
                self.process.stdout.close()
                os.close(self.traces)
            for end in (self.requests, self.answers):
                os.close(end)
        shutil.rmtree(self.folder, ignore_errors=True)


HANDS = """import os, runpy, sys
ends = [int(one) for one in sys.argv[2:]]
high = [os.dup2(end, 100 + index) for index, end in enumerate(ends)]
for index, end in enumerate(high):
    os.dup2(end, 3 + index)
os.closerange(6, 1024)
runpy.run_path(sys.argv[1], run_name="__main__")"""
"""Gives the ends of the channel the numbers 3, 4 and 5, then becomes the launcher."""
