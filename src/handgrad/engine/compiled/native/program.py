"""A list of kernels with their arguments, and how several threads run it together.

Every entry of a program is a kernel and a number of *tasks*. Threads take the next task of the current entry
until none is left. Where an entry needs what earlier ones wrote, it begins when all their tasks are done. A
task is the same whoever runs it, and no two tasks write different numbers to the same place: so the result
depends neither on the number of threads nor on which of them was quicker.
"""

import ctypes
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from llvmlite import ir

from handgrad.engine.compiled.native import forks
from handgrad.engine.compiled.native.emitter import ADDRESS, I32, I64, Int, Kernel, Pointer
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.native.threads import POOL

FIELDS = 4  # of an entry: kernel, arguments, tasks, how many tasks of the program must be done before it
LINE = 8  # whole numbers in a cache line: counters that threads change must not share one
OPEN, RUNS, INSIDE, WAITING, DONE, TAKEN = (number * LINE for number in range(6))
"""Counters: the number of the run that is on now, or 0; how many there were; threads at work in it; helpers
that wait for the next one; finished tasks; then, of each entry, tasks that were taken."""
SPINS = 2000  # looks at a counter before the core is offered to others
LINGER = (
    400  # times that a helper offers its core and looks whether the program runs again, before it sleeps:
)
# some 200 µs, in which a training or a series of predictions comes back; to be woken costs it 50 to 100

CALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


@dataclass
class Entry:
    """One kernel of a program.

    Arguments:
        kernel: its address.
        arguments: whole numbers and addresses.
        tasks: how many pieces its work has.
        waits: whether it needs what the entries before it wrote.
        name: of the kernel, for people.
    """

    kernel: int
    arguments: Sequence[int]
    tasks: int
    waits: bool = True
    name: str = ""


class Program:
    """Entries, ready to run.

    Arguments:
        library: where the kernels that run programs are.
        entries: in order.
    """

    def __init__(self, library: Library, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        self._library = library  # its code must stay loaded as long as a thread may come late
        self._arguments = [np.array(entry.arguments or [0], np.int64) for entry in entries]
        self._table = np.zeros((len(entries), FIELDS), np.int64)
        self._counters = np.zeros(TAKEN + len(entries) * LINE, np.int64)
        begun = required = 0
        for row, entry, arguments in zip(self._table, entries, self._arguments, strict=True):
            required = begun if entry.waits else required
            row[:] = entry.kernel, arguments.ctypes.data, entry.tasks, required
            begun += entry.tasks
        numbers = [self._table.ctypes.data, len(entries), self._counters.ctypes.data, begun]
        self._call = np.array(numbers, np.int64)
        self._place = self._call.ctypes.data
        forks.remember(self)
        self._begin = CALL(library.address(begin_program))
        self._run = CALL(library.address(run_program))

    def run(self, threads: int) -> None:
        """Run all entries once, on so many threads, this one among them."""
        with POOL.in_use:
            self._begin(self._place, 0, 0)
            try:
                if threads > 1 + self._counters[WAITING]:
                    POOL.call(self._share, threads - 1)
            finally:  # a program that was begun is run to its end, also where Ctrl-C comes now
                self._share(0)

    def _share(self, thread: int) -> None:
        self._run(self._place, 0, thread)

    def after_fork(self) -> None:
        """In a forked child there are none of the threads that may have been counted."""
        self._counters[:] = 0


def begin_program(machine: Machine, name: str) -> Kernel:
    """Set the counters of tasks to 0 (not that of threads: a late one may be inside), then let threads in."""
    k = Kernel(name, machine, "table entries counters total")
    counters = k.pointer("counters", I64)
    for index in k.loop(DONE, k.arguments["entries"] * LINE + TAKEN):
        k.store_one(I64(0), counters + index)
    run = _add(k, counters + RUNS, 1) + 1
    k.builder.atomic_rmw("xchg", (counters + OPEN).value, run.value, "seq_cst")
    return k


def run_program(machine: Machine, name: str) -> Kernel:
    """One thread's share; thread 0 returns when all is done, helpers a while after there is nothing left."""
    k = Kernel(name, machine, "table entries counters total")
    counters = k.pointer("counters", I64)
    for run in _runs(k, counters):
        with k.when(run >= 1):
            _all_entries(k, counters)
            with k.when(k.thread.equals(0)):
                wait_until(k, counters + DONE, k.arguments["total"])
                k.builder.atomic_rmw("xchg", (counters + OPEN).value, I64(0), "seq_cst")
    with k.when(k.thread.equals(0)):  # a thread that came late may still be looking around
        wait_until(k, counters + INSIDE, k.whole(0), falling=True)
    return k


def _runs(k: Kernel, counters: Pointer) -> Iterator[Int]:
    """The body with the number of the run that is on (0: none); for helpers again, if the next one is soon.

    Whoever waits for it is not inside: the program may be over, and its counters are only looked at.
    """
    builder = k.builder
    body, wait, look, offer, leave, after = (
        builder.append_basic_block(word) for word in ("body", "wait", "look", "offer", "leave", "after")
    )
    builder.branch(body)
    builder.position_at_end(body)
    _add(k, counters + INSIDE, 1)
    run = _look(k, counters + OPEN)
    yield run
    _add(k, counters + INSIDE, -1)
    builder.cbranch(k.thread.equals(0), after, wait)
    builder.position_at_end(wait)
    _add(k, counters + WAITING, 1)
    builder.branch(look)
    builder.position_at_end(look)
    looks = builder.phi(I64)
    looks.add_incoming(I64(0), wait)
    now = _look(k, counters + OPEN)
    is_next = builder.and_(now >= 1, builder.not_(now.equals(run)))
    builder.cbranch(builder.or_(is_next, Int(k, looks) >= LINGER), leave, offer)
    builder.position_at_end(offer)
    _offer_core(k)
    looks.add_incoming(builder.add(looks, I64(1)), builder.block)
    builder.branch(look)
    builder.position_at_end(leave)
    _add(k, counters + WAITING, -1)
    builder.cbranch(is_next, body, after)
    builder.position_at_end(after)


def _add(k: Kernel, counter: Pointer, number: int) -> Int:
    """Change a counter; returns what it was before."""
    return Int(k, k.builder.atomic_rmw("add", counter.value, I64(number), "seq_cst"))


def _offer_core(k: Kernel) -> None:
    k.call("SwitchToThread" if sys.platform == "win32" else "sched_yield", I32)


def _all_entries(k: Kernel, counters: Pointer) -> None:
    table = k.pointer("table", I64)
    kernel_type = ir.FunctionType(ir.VoidType(), [ADDRESS, I64, I64])
    for index in k.loop(0, k.arguments["entries"]):
        row = table + index * FIELDS
        kernel = k.builder.inttoptr(k.load_int(row).value, kernel_type.as_pointer())
        arguments = k.address(k.load_int(row + 1)).value
        wait_until(k, counters + DONE, k.load_int(row + 3))
        for task in _tasks(k, counters + index * LINE + TAKEN, k.load_int(row + 2)):
            k.builder.call(kernel, [arguments, task.value, k.thread.value])
            k.builder.atomic_rmw("add", (counters + DONE).value, I64(1), "release")


def _tasks(k: Kernel, taken: Pointer, tasks: Int) -> Iterator[Int]:
    """Take tasks until none is left: the body runs for each."""
    builder = k.builder
    take, body, after = (builder.append_basic_block(word) for word in ("take", "task", "none_left"))
    builder.branch(take)
    builder.position_at_end(take)
    task = Int(k, builder.atomic_rmw("add", taken.value, I64(1), "monotonic"))
    builder.cbranch(task < tasks, body, after)
    builder.position_at_end(body)
    yield task
    builder.branch(take)
    builder.position_at_end(after)


def _look(k: Kernel, counter: Pointer) -> Int:
    return Int(k, k.builder.load_atomic(counter.value, "seq_cst", 8, typ=I64))


def wait_until(k: Kernel, counter: Pointer, bound: Int, *, falling: bool = False) -> None:
    """Look at a counter until it is high (or low) enough; after a while let others have the core."""
    builder = k.builder
    before = builder.block
    look, wait, give_way, again, after = (
        builder.append_basic_block(word) for word in ("look", "wait", "give_way", "again", "done")
    )
    builder.branch(look)
    builder.position_at_end(look)
    spins = builder.phi(I64)
    spins.add_incoming(I64(0), before)
    seen = _look(k, counter)
    builder.cbranch(bound < seen if falling else seen < bound, wait, after)
    builder.position_at_end(wait)
    builder.cbranch(Int(k, spins) < SPINS, again, give_way)
    builder.position_at_end(give_way)
    _offer_core(k)
    builder.branch(again)
    builder.position_at_end(again)
    spins.add_incoming(builder.add(spins, I64(1)), again)
    builder.branch(look)
    builder.position_at_end(after)
