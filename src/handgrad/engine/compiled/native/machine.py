"""The CPU that kernels are made for: how many numbers a vector has, and how many registers there are."""

import hashlib
import os
from dataclasses import dataclass
from functools import cache

from handgrad.errors import ArgumentError

VARIABLE = "HANDGRAD_CPU"


@dataclass(frozen=True)
class Machine:
    """What kernels depend on.

    Arguments:
        cpu: LLVM's name of it.
        features: LLVM's list of what it can do, such as "+avx2,+fma".
        lanes: L, float32 numbers in one vector.
        registers: vectors that the CPU holds at once.
    """

    cpu: str
    features: str
    lanes: int
    registers: int

    @property
    def tag(self) -> str:
        """A name for folders: kernels of one machine never meet those of another."""
        features = hashlib.sha256(self.features.encode()).hexdigest()[:8]
        return f"{self.cpu or 'generic'}-{self.lanes}-{features}"


def describe(cpu: str, features: dict[str, bool], architecture: str) -> Machine:
    """The machine with these features.

    Arguments:
        cpu: LLVM's name.
        features: by LLVM's names, whether it has them.
        architecture: the first part of the target triple, such as "x86_64" or "aarch64".

    Example:
        >>> describe("haswell", {"avx": True, "fma": True}, "x86_64").lanes
        8
    """
    flat = ",".join(("+" if has else "-") + name for name, has in sorted(features.items()))
    if features.get("avx512f") and features.get("avx512vl"):
        return Machine(cpu, flat, lanes=16, registers=32)
    if features.get("avx"):
        return Machine(cpu, flat, lanes=8, registers=16)
    if architecture in ("aarch64", "arm64"):
        return Machine(cpu, flat, lanes=4, registers=32)
    return Machine(cpu, flat, lanes=4, registers=16)


def generic() -> Machine:
    """The least that any CPU of this architecture has: four lanes, no fused multiply-add."""
    return Machine("", "", lanes=4, registers=16)


@cache
def host() -> Machine:
    """This machine; with ``HANDGRAD_CPU=generic`` the least of its architecture.

    Raises:
        ArgumentError: another value of ``HANDGRAD_CPU``.
    """
    wish = os.environ.get(VARIABLE, "")
    if wish not in ("", "native", "generic"):
        raise ArgumentError(VARIABLE, expected="native or generic", got=repr(wish))
    if wish == "generic":
        return generic()
    from llvmlite import binding

    architecture = binding.get_default_triple().split("-")[0]
    return describe(binding.get_host_cpu_name(), dict(binding.get_host_cpu_features()), architecture)
