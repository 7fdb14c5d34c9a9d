"""A program that would show a task that was lost, done twice, or begun too early."""

import numpy as np

from handgrad.engine.compiled.native.emitter import I64, Kernel
from handgrad.engine.compiled.native.program import Entry, Program

STAGES = (1, 7, 64, 2, 33, 1, 16)


def mixed(machine, name):
    """out[task] = Σ over j of (task + j + 1) · in[j], and in[…] of the stage before is used up by nobody."""
    k = Kernel(name, machine, "source size out count")
    source, out = k.pointer("source", I64), k.pointer("out", I64) + k.task
    k.store_one((k.load_int(k.pointer("count", I64) + k.task) + 1).value, k.pointer("count", I64) + k.task)
    k.store_one(I64(0), out)
    for j in k.loop(0, k.arguments["size"]):
        value = k.load_int(out) + k.load_int(source + j) * (k.task + j + 1)
        k.store_one(value.value, out)
    return k


class Chain:
    """Stages each of which needs every number of the one before; an input that changes from run to run.

    A task that is lost or begun too early uses numbers of the run before; tasks done twice are counted.
    """

    def __init__(self, library, offset=0):
        self.values = [np.zeros(size, np.int64) for size in (3, *STAGES)]
        self.counts = [np.zeros(size, np.int64) for size in STAGES]
        entries = []
        for source, out, count in zip(self.values, self.values[1:], self.counts, strict=False):
            arguments = [source.ctypes.data, len(source), out.ctypes.data, count.ctypes.data]
            entries.append(Entry(library.address(mixed), arguments, len(out)))
        self.program, self.runs, self.offset = Program(library, entries), 0, offset

    def run(self, threads):
        self.runs += 1
        self.values[0][:] = np.arange(3) * self.runs + self.offset
        self.program.run(threads)

    def expected(self):
        value = self.values[0]
        with np.errstate(over="ignore"):
            for size in STAGES:
                value = ((np.arange(size)[:, None] + np.arange(len(value)) + 1) * value).sum(axis=1)
        return value

    def check(self):
        assert np.array_equal(self.values[-1], self.expected())

    def check_counts(self):
        for count in self.counts:
            assert np.all(count == self.runs), count
