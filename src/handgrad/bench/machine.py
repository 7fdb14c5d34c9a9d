"""What a benchmark ran on: the processor, how much of it, and the versions of what took part."""

import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from handgrad._version import __version__
from handgrad.engine import usable_cores
from handgrad.train.run_folder import cpu_name

PACKAGES = ("numpy", "llvmlite", "torch", "jax")


@dataclass(frozen=True)
class Machine:
    """The facts without which a speed means nothing.

    Arguments:
        cpu: the processor's own name.
        cores: that this process may use.
        threads: that each contestant was given.
        peak_gflops: measured with nothing but fused multiply-adds, on as many threads; None: not measured.
        platform: the operating system.
        versions: of Python, handgrad and the installed packages that take part, by name.
        started: when.
    """

    cpu: str
    cores: int
    threads: int
    peak_gflops: float | None
    platform: str
    versions: dict[str, str]
    started: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def __str__(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        peak = f"; measured peak {self.peak_gflops:,.0f} GFLOP/s" if self.peak_gflops else ""
        threads = f"{self.threads} thread{'' if self.threads == 1 else 's'}"
        return f"{self.cpu}, {threads} on {self.cores} usable cores{peak}\n{versions}"


def look_at_machine(threads: int, peak_gflops: float | None) -> Machine:
    """The facts of this machine.

    Arguments:
        threads: that each contestant will be given.
        peak_gflops: from `peak`.

    Example:
        >>> sorted(look_at_machine(1, None).versions)[:2]
        ['Python', 'handgrad']
    """
    return Machine(
        cpu=cpu_name(),
        cores=usable_cores(),
        threads=threads,
        peak_gflops=peak_gflops,
        platform=platform.platform(),
        versions={"Python": platform.python_version(), "handgrad": __version__, **installed(PACKAGES)},
        started=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    )


def installed(packages: tuple[str, ...]) -> dict[str, str]:
    """The versions of those packages that are installed, without importing any."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def peak(threads: int) -> float | None:
    """The machine's fused-multiply-add peak in GFLOP/s, measured in a process of its own; None: cannot be."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with environment(thread_variables(threads)), pool:
        try:
            return pool.submit(_measured_peak, threads).result()
        except BrokenProcessPool:  # the measurement is an extra: without it a column is missing
            return None


def _measured_peak(threads: int) -> float | None:
    try:
        measured: float = import_module("handgrad.engine.compiled.peak").measured_peak(threads)
    except ImportError:
        return None
    return measured


def thread_variables(threads: int) -> dict[str, str]:
    """The environment of a process whose libraries shall all use so many threads."""
    names = ("HANDGRAD_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {name: str(threads) for name in names}


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """While it lasts, new processes get these variables; libraries read them when they are imported."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def peak_memory() -> int:
    """The largest resident size that this process ever had, in bytes, with nothing subtracted."""
    try:
        # getrusage would include the parent's peak: Linux hands it on when a process becomes another program
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        try:
            import resource
        except ImportError:  # Windows
            return 0
        unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, others kibibytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
