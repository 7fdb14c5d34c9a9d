"""The one pool of threads: made when first needed, asleep between calls."""

import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue

from handgrad.engine.compiled.native import forks

Share = Callable[[int], None]
"""One thread's share of some work, given the thread's number."""

WAITING_AT_MOST = 4  # calls that a thread has not answered yet, on a machine whose cores are busy


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
        self._queues: list[SimpleQueue[Share]] = []
        # two programs at once would only halve each other's cores; a signal handler may come between two
        self.in_use = threading.RLock()

    def call(self, share: Share, helpers: int) -> None:
        """Have ``share(1)``, ``share(2)``, … begun on other threads soon; returns at once.

        Arguments:
            share: must not raise.
            helpers: how many.
        """
        with contextlib.suppress(RuntimeError):  # no thread to be had: those that are there do the work
            while len(self._queues) < helpers:
                self._start()
        for queue in self._queues[:helpers]:
            if queue.qsize() < WAITING_AT_MOST:
                queue.put(share)

    def _start(self) -> None:
        queue: SimpleQueue[Share] = SimpleQueue()
        number = len(self._queues) + 1
        threading.Thread(target=_serve, args=(queue, number), name=f"handgrad-{number}", daemon=True).start()
        self._queues.append(queue)


def _serve(queue: "SimpleQueue[Share]", number: int) -> None:
    while True:
        queue.get()(number)


POOL = Pool()
