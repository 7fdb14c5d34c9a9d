"""The one pool of threads: made when first needed, asleep when there is nothing to do."""

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from queue import SimpleQueue

from handgrad.engine.compiled.native import forks

Share = Callable[[int], None]
"""One thread's share of some work, given the thread's number."""


class Pool:
    """Threads that help the calling thread.

    A share must be safe to begin at any time, also when the work is over already: nobody waits for a
    thread that the system has not woken yet.
    """

    def __init__(self) -> None:
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """Begin without threads, as a forked child does."""
        self._helpers: dict[int, Helper] = {}
        self._placed = (-1, 0)  # the core that helpers were last kept off, and how many helpers
        # two programs at once would only halve each other's cores; a signal handler may come between two
        self.in_use = threading.RLock()

    def call(self, share: Share, helpers: int) -> None:
        """Have ``share(1)``, ``share(2)``, … begun on other threads soon; returns at once.

        A helper that has not begun what it was called for before is not called again.

        Arguments:
            share: must not raise.
            helpers: how many.
        """
        for number in range(1, helpers + 1):
            if number in self._helpers:
                continue
            # one for a number, also where a signal leads to a call just now
            if not self._helpers.setdefault(number, Helper(number)).start():
                del self._helpers[number]  # no thread to be had: those that are there do the work
                break
            self._placed = (-1, 0)
        self.keep_off(helpers)
        for helper in self._first(helpers):
            helper.call(share)

    def keep_off(self, helpers: int) -> None:
        """Keep helpers off the core that the calling thread is on now."""
        core = _system().sched_getcpu() if sys.platform == "linux" else -1
        if (core, helpers) == self._placed:
            return
        self._placed, cpus = (core, helpers), _elsewhere(core, helpers)
        for helper in self._first(helpers):
            helper.move(cpus)

    def _first(self, helpers: int) -> "list[Helper]":
        return [helper for number, helper in self._helpers.items() if number <= helpers]


class Helper:
    """One thread, asleep until it is called.

    Arguments:
        number: of the thread, from 1.
    """

    def __init__(self, number: int) -> None:
        self._number, self._cpus = number, frozenset[int]()
        self._calls: SimpleQueue[Share] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=f"handgrad-{number}", daemon=True)

    def start(self) -> bool:
        """Be there; returns whether it is, for the system may have no thread to give."""
        with contextlib.suppress(RuntimeError):
            self._thread.start()
        return self._thread.is_alive()

    def call(self, share: Share) -> None:
        """Have it do a share soon, unless it has yet to begin an earlier one."""
        if self._calls.empty():
            self._calls.put(share)

    def move(self, cpus: frozenset[int]) -> None:
        """Keep it on some CPUs."""
        if sys.platform == "linux" and cpus != self._cpus and self._thread.native_id:
            with contextlib.suppress(OSError):  # the system took them away in the meantime
                os.sched_setaffinity(self._thread.native_id, cpus)
                self._cpus = cpus

    def _serve(self) -> None:
        while True:
            self._calls.get()(self._number)


def _elsewhere(core: int, helpers: int) -> frozenset[int]:
    """The CPUs that the calling thread may use, without the one that it is on if that leaves enough.

    Linux likes to wake a thread on the CPU of the one that wakes it, and can take seconds to see that
    another is idle: meanwhile two threads are as fast as one, or slower.
    """
    if sys.platform != "linux":
        return frozenset()
    allowed = frozenset(os.sched_getaffinity(0))
    return allowed - {core} if helpers < len(allowed) else allowed


class _AnyCore:
    """For a C library that does not say where a thread runs."""

    def sched_getcpu(self) -> int:
        return -1


@cache
def _system() -> ctypes.CDLL | _AnyCore:
    library = ctypes.CDLL(None)
    return library if hasattr(library, "sched_getcpu") else _AnyCore()


POOL = Pool()
