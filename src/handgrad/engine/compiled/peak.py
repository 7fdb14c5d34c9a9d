"""How fast this machine can multiply and add at best: what kernels are measured against."""

import time

import numpy as np

from handgrad.engine.compiled.native.emitter import Kernel, Variable, total
from handgrad.engine.compiled.native.library import library
from handgrad.engine.compiled.native.machine import Machine, host
from handgrad.engine.compiled.native.program import Entry, Program

SUMS = (
    12  # independent ones: enough that none waits for its last addition, few enough for any CPU's registers
)
ROUNDS = 20_000
REPEATS = 9


def multiply_adds(machine: Machine, name: str) -> Kernel:
    """``ROUNDS`` times `SUMS` multiply-adds of vectors that never leave their registers.

    Arguments of the kernel: numbers (a vector, then room for one of each task). Task: any.
    """
    k = Kernel(name, machine, "numbers")
    factor = k.load(k.pointer("numbers"))
    sums = [Variable(k, factor * (1.0 + index)) for index in range(SUMS)]
    for _ in k.loop(0, ROUNDS):
        for one in sums:
            one.set(one.get().times_plus(factor, factor))
    k.store(total([one.get() for one in sums]), k.pointer("numbers") + (k.task + 1) * k.L)
    return k


def measured_peak(threads: int) -> float:
    """The most float32 operations a second that threads reach together, in GFLOP/s.

    A multiply-add counts as two.

    Arguments:
        threads: how many.
    """
    machine = host()
    kernels = library(machine)
    tasks = 16 * threads
    numbers = np.full((tasks + 1) * machine.lanes, 0.5, np.float32)
    program = Program(kernels, [Entry(kernels.address(multiply_adds), [numbers.ctypes.data], tasks)])
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        program.run(threads)
        times.append(time.perf_counter() - started)
    return 2 * machine.lanes * SUMS * ROUNDS * tasks / min(times) / 1e9
