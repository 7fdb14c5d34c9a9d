"""How many threads there are to use, and how BLAS is held to them."""

import contextlib
import math
import os
from collections.abc import Iterator
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
    """Cores that the scheduler and the control groups leave to this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, math.ceil(min(_quotas(Path("/sys/fs/cgroup")), default=cores))))


def _quotas(root: Path) -> Iterator[float]:
    """Cores that each control group around this process allows, in both versions' ways of saying it."""
    unknown = contextlib.suppress(
        OSError, ValueError, TypeError, ZeroDivisionError
    )  # no limit, or not Linux's way
    for folder in (root, *_own_groups(root)):
        with unknown:
            yield _share(*(folder / "cpu.max").read_text().split())  # version 2
        with unknown:
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")  # version 1
            yield _share(*((folder / name).read_text().strip() for name in names))


def _share(quota: str, period: str) -> float:
    if int(quota) <= 0:  # version 1 says -1 for no limit
        raise ValueError(quota)
    return int(quota) / int(period)


def _own_groups(root: Path) -> Iterator[Path]:
    """The folders of this process's groups and of those around them."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not number.isdigit() or (controllers and "cpu" not in controllers.split(",")):
            continue
        base = root / "cpu" if controllers else root
        group = Path(path.lstrip("/"))
        for part in (group, *group.parents):
            yield base / part


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
