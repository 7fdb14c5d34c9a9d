"""Kernels called by hand, for each kind of CPU that this one can stand in for."""

import ctypes
import platform
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import describe, generic

CALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
IS_X86 = platform.machine().lower() in ("x86_64", "amd64")


@cache
def machines():
    """The host, then poorer and poorer relatives of it."""
    from llvmlite import binding

    architecture = binding.get_default_triple().split("-")[0]
    cpu, features = binding.get_host_cpu_name(), dict(binding.get_host_cpu_features())
    eight = features | {name: False for name in features if name.startswith("avx512")}
    unfused = eight | {name: False for name in features if name in ("fma", "fma4")}
    found = {
        "host": describe(cpu, features, architecture),
        "eight lanes": describe(cpu, eight, architecture),
        "eight lanes, unfused": describe(cpu, unfused, architecture),
        "generic": generic(),
        "one lane": replace(describe(cpu, features, architecture), lanes=1),  # for single images
    }
    first_of_its_kind = {}
    for name, machine in found.items():
        first_of_its_kind.setdefault(machine, name)
    return {name: machine for machine, name in first_of_its_kind.items()}


def fuses(machine):
    """Whether its multiply-add rounds once; every 64-bit ARM's does."""
    return "+fma" in machine.features.split(",") or not IS_X86


KEPT = []
"""Libraries, as long as the process lives: a thread of the pool may come late to a program that is over."""


def new_library(machine, folder):
    """A library with a folder of its own: the tests' sources are no part of a folder's fingerprint."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HANDGRAD_KERNELS", str(folder))
        KEPT.append(Library(machine))
    return KEPT[-1]


def fixture_of_libraries(names):
    """A fixture: the kernels of one test file, for each of these machines."""

    def library(request, tmp_path_factory):
        return new_library(machines()[request.param], tmp_path_factory.mktemp("kernels"))

    return pytest.fixture(library, scope="module", params=names)


WIDTHS = [name for name in machines() if name != "eight lanes, unfused"]
"""For kernels that multiply and add nothing, or whose sums are exact."""


def call(library, factory, *arguments, tasks=1, thread=0, **parameters):
    """Run a kernel on this thread.

    Arguments:
        arguments: arrays (their addresses are passed) and whole numbers.
        tasks: how many there are, to be run in order; or those that are to be run.
    """
    numbers = [item.ctypes.data if isinstance(item, np.ndarray) else int(item) for item in arguments]
    table = np.array(numbers or [0], np.int64)
    kernel = CALL(library.address(factory, **parameters))
    for task in range(tasks) if isinstance(tasks, int) else tasks:
        kernel(table.ctypes.data, task, thread)


ODD = np.array(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        np.inf,
        -np.inf,
        np.nan,
        1e-45,
        -1e-45,
        1.1754944e-38,
        3.4028235e38,
        -3.4028235e38,
    ],
    np.float32,
)
"""What arithmetic is most easily wrong about."""


def pairs(multiple):
    """Two arrays of float32 of all sizes and signs, every odd number beside every other."""
    rng = np.random.default_rng(0)
    first = np.concatenate(
        [np.repeat(ODD, len(ODD)), (rng.standard_normal(640) * 10.0 ** rng.integers(-9, 10, 640))]
    )
    second = np.concatenate(
        [np.tile(ODD, len(ODD)), (rng.standard_normal(640) * 10.0 ** rng.integers(-9, 10, 640))]
    )
    size = len(first) // multiple * multiple
    return first[:size].astype(np.float32), second[:size].astype(np.float32)
