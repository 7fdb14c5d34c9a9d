"""How many threads there are to use, and how BLAS is held to them."""

import math
import os
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

from handgrad.errors import ArgumentError


def choose_threads(threads: int | None = None) -> int:
    """The number asked for, else ``HANDGRAD_THREADS``, else every core that this process may use.

    Arguments:
        threads: a wish, or None.

    Raises:
        ArgumentError: no whole number above 0.

    Example:
        >>> choose_threads(2)
        2
    """
    wish: object = threads if threads is not None else os.environ.get("HANDGRAD_THREADS") or usable_cores()
    try:
        number = int(str(wish))
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentError(
            "threads",
            expected="a whole number above 0",
            got=str(wish),
            hint="check HANDGRAD_THREADS" if threads is None else "",
        )
    return number


def usable_cores() -> int:
    """Cores that the scheduler and the control group leave to this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return cores if quota == "max" else max(1, min(cores, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError, ZeroDivisionError):  # no such file here, or not as Linux writes it
        return cores


@cache
def _pools() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def limit_blas(threads: int) -> AbstractContextManager[Any]:
    """While it lasts, BLAS uses no more than ``threads`` threads.

    Example:
        >>> with limit_blas(1):
        ...     pass
    """
    context: AbstractContextManager[Any] = _pools().limit(limits=threads, user_api="blas")
    return context
