"""Users that submissions run as: numbers that belong to nobody, a free one for each process."""

import contextlib
import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

FIRST, COUNT = 61_000, 4000
"""Numbers that systems hand out neither to people nor to services."""


def free_user() -> int:
    """A number as which nothing runs: no submission reaches another, nor counts in another's limits."""
    while True:
        number = FIRST + secrets.randbelow(COUNT)
        if next(processes_of(number), None) is None:
            return number


def processes_of(user: int) -> Iterator[Path]:
    """The folders in /proc of a user's processes."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == user:
                yield entry


def threads_of(user: int) -> int:
    """How many threads a user's processes have now, all together."""
    count = 0
    for entry in processes_of(user):
        with contextlib.suppress(OSError):
            count += len(list((entry / "task").iterdir()))
    return count


def end_all_of(user: int) -> None:
    """End every process of a user that one submission had for itself."""
    for entry in processes_of(user):
        with contextlib.suppress(OSError):
            os.kill(int(entry.name), signal.SIGKILL)
