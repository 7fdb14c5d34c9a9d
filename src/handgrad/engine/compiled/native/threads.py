"""The one pool of threads: made when first needed, asleep between calls."""

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
        self._helpers: list[Helper] = []
        # two programs at once would only halve each other's cores; a signal handler may come between two
        self.in_use = threading.RLock()

    def call(self, share: Share, helpers: int) -> None:
        """Have ``share(1)``, ``share(2)``, … begun on other threads soon; returns at once.

        Arguments:
            share: must not raise.
            helpers: how many.
        """
        with contextlib.suppress(RuntimeError):  # no thread to be had: those that are there do the work
            while len(self._helpers) < helpers:
                self._helpers.append(Helper(len(self._helpers) + 1))
        cpus = _elsewhere(helpers)
        for helper in self._helpers[:helpers]:
            helper.call(share, cpus)


class Helper:
    """One thread, asleep until it is called.

    Arguments:
        number: of the thread, from 1.
    """

    def __init__(self, number: int) -> None:
        self._number, self._cpus = number, frozenset[int]()
        self._calls: SimpleQueue[Share] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=f"handgrad-{number}", daemon=True)
        self._thread.start()

    def call(self, share: Share, cpus: frozenset[int]) -> None:
        """Have it do a share, on one of some CPUs; none: wherever the system likes."""
        if not self._calls.empty():
            return  # it was called, and has not been given a core yet
        if sys.platform == "linux" and cpus != self._cpus and self._thread.native_id:
            with contextlib.suppress(OSError):  # the system took them away in the meantime
                os.sched_setaffinity(self._thread.native_id, cpus)
            self._cpus = cpus
        self._calls.put(share)

    def _serve(self) -> None:
        while True:
            self._calls.get()(self._number)


def _elsewhere(helpers: int) -> frozenset[int]:
    """The CPUs that the calling thread may use, without the one that it is on if that leaves enough.

    Linux likes to wake a thread on the CPU of the one that wakes it, and can take seconds to see that
    another is idle: meanwhile two threads are as fast as one, or slower.
    """
    if sys.platform != "linux":
        return frozenset()
    allowed = frozenset(os.sched_getaffinity(0))
    return allowed - {_c_library().sched_getcpu()} if helpers < len(allowed) else allowed


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


POOL = Pool()
