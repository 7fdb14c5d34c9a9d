"""A class of submissions, several at a time: each job is a process of its own, started anew where it ends."""

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

TRIES = 2
"""Times that a job is given to a process, before it is believed to end every one."""

PARTING = 5.0
"""Seconds that the processes have to put away what they made, once they are told to end."""

TERMINATED = 128 + signal.SIGTERM
"""Exit status of what was ended by this signal, as a shell tells it."""

Work = TypeVar("Work")
Found = TypeVar("Found")

Make = Callable[[int], Callable[[Work], Found]]
"""Makes, in the process of a job, the function that does the work; is told which job it is."""


class Jobs(Generic[Work, Found]):
    """Does pieces of work in several processes.

    Arguments:
        make: see `Make`; it and all that goes through are pickled.
        count: processes.
        lost: what is found of work that ends its process each time.
        tell: is told each result as it comes, with the index of its work.

    Each process is spawned, not forked: what NumPy's threads hold would be held for ever in a fork. All
    of them end with this process, however it ends; their temporary files lie in one folder, and go with it.
    """

    def __init__(
        self,
        make: Make[Work, Found],
        count: int,
        lost: Callable[[Work], Found],
        tell: Callable[[int, Found], None],
    ) -> None:
        self.make, self.count, self.lost, self.tell = make, count, lost, tell
        self.context = multiprocessing.get_context("spawn")
        self.processes: dict[int, BaseProcess] = {}
        self.stop = threading.Event()

    def run(self, work: Sequence[Work]) -> list[Found]:
        """All of it; the results in the order of the work.

        Raises:
            KeyboardInterrupt: as it came; the processes are ended.
            SystemExit: a request to terminate came, likewise.
        """
        with tempfile.TemporaryDirectory(prefix="handgrad-class-", ignore_cleanup_errors=True) as room:
            os.chmod(room, 0o711)  # submissions run as other users
            with _terminating():
                return self._run(work, Path(room))

    def _run(self, work: Sequence[Work], room: Path) -> list[Found]:
        self.room = room
        waiting: queue.SimpleQueue[tuple[int, Work]] = queue.SimpleQueue()
        for entry in enumerate(work):
            waiting.put(entry)
        done: queue.SimpleQueue[tuple[int, Found] | BaseException] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._serve, args=(slot, waiting, done), daemon=True)
            for slot in range(min(self.count, len(work)))
        ]
        found: dict[int, Found] = {}
        try:
            for thread in threads:
                thread.start()
            while len(found) < len(work):
                result = done.get()
                if isinstance(result, BaseException):
                    raise result
                found[result[0]] = result[1]
                self.tell(*result)
        finally:
            self.stop.set()
            self._end()
        return [found[index] for index in range(len(work))]

    def _end(self) -> None:
        """Let the processes put away what they made, and end those that do not."""
        processes = list(self.processes.values())
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(PARTING)
            process.kill()
            process.join()

    def _serve(
        self,
        slot: int,
        waiting: "queue.SimpleQueue[tuple[int, Work]]",
        done: "queue.SimpleQueue[tuple[int, Found] | BaseException]",
    ) -> None:
        """One thread with its process, until nothing waits."""
        ends: Connection | None = None
        try:
            while not self.stop.is_set():
                try:
                    index, work = waiting.get_nowait()
                except queue.Empty:
                    break
                for _ in range(TRIES):
                    ends = ends or self._start(slot)
                    try:
                        ends.send(work)
                        result = ends.recv()
                        break
                    except (EOFError, OSError):
                        ends.close()
                        ends = None
                        if self.stop.is_set():
                            return
                else:
                    result = self.lost(work)
                if isinstance(result, BaseException):
                    raise result
                done.put((index, result))
        except BaseException as error:  # noqa: BLE001  # told by the thread that waits, and raised there
            done.put(error)
        finally:
            if ends is not None:
                ends.close()

    def _start(self, slot: int) -> Connection:
        """A process that takes work from the other end."""
        here, there = self.context.Pipe()
        process = self.context.Process(target=_work, args=(self.make, slot, there, self.room), daemon=True)
        process.start()
        there.close()
        self.processes[slot] = process
        return here


@contextlib.contextmanager
def _terminating() -> Iterator[None]:
    """A request to terminate leaves by an exception, as an interrupt does, so that things are put away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(TERMINATED)


def _work(make: Make[Work, Found], slot: int, ends: Connection, room: Path) -> None:
    """The process of a job: does what comes, until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to decide
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tempfile.tempdir = str(room)
    do = make(slot)
    with contextlib.suppress(EOFError, OSError):
        while True:
            work = ends.recv()
            try:
                result: Found | BaseException = do(work)
            except Exception as error:  # noqa: BLE001  # raised by the parent
                result = error
            ends.send(result)


def _end_with_parent() -> None:
    """A parent that was killed could not end anybody; what this process started ends with it."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # a job is always somebody's
    parent.join()
    os._exit(1)
