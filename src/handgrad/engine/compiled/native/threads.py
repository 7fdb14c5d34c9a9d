"""The one pool of threads: made when first needed, asleep between calls."""

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

Share = Callable[[int], None]
"""One thread's share of some work, given the thread's number."""

WAITING_AT_MOST = 4  # calls that a thread has not answered yet, on a machine whose cores are busy


class Pool:
    """Threads that help the calling thread.

    A share must be safe to begin at any time, also when the work is over already: nobody waits for a
    thread that the system has not woken yet.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        """A forked child has none of its parent's threads."""
        self._queues: list[SimpleQueue[Share]] = []
        self.in_use = threading.Lock()  # two programs at once would only halve each other's cores

    def call(self, share: Share, helpers: int) -> None:
        """Have ``share(1)``, ``share(2)``, … begun on other threads soon; returns at once.

        Arguments:
            share: must not raise.
            helpers: how many.
        """
        while len(self._queues) < helpers:
            self._start()
        for queue in self._queues[:helpers]:
            if queue.qsize() < WAITING_AT_MOST:
                queue.put(share)

    def _start(self) -> None:
        queue: SimpleQueue[Share] = SimpleQueue()
        number = len(self._queues) + 1
        self._queues.append(queue)
        threading.Thread(target=_serve, args=(queue, number), name=f"handgrad-{number}", daemon=True).start()


def _serve(queue: "SimpleQueue[Share]", number: int) -> None:
    while True:
        queue.get()(number)


POOL = Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL._forget)
