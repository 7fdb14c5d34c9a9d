"""A list of kernels with their arguments, and how several threads run it together.

Every entry of a program is a kernel and a number of *tasks*. Each thread begins with a part of them that is
its own, the same part of every entry, and then takes what others have not come to, until none is left. Where
an entry needs what earlier ones wrote, it begins when all their tasks are done. A task is the same whoever
runs it, and no two tasks write different numbers to the same place: so the result depends neither on the
number of threads nor on which of them was quicker.
"""

import ctypes
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from handgrad._typing import Array
from handgrad.engine.compiled.native import forks
from handgrad.engine.compiled.native.emitter import ADDRESS, I32, I64, Int, Kernel, Pointer
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.native.threads import POOL

FIELDS = 4  # of an entry: kernel, arguments, tasks, how many tasks of the program must be done before it
LINE = 8  # whole numbers in a cache line: counters that threads change must not share one
OPEN, RUNS, INSIDE, WAITING = (number * LINE for number in range(4))
"""On the board: the run that is on now (its number, times `SHIFT`, and on how many threads), or 0; how many
there were; how many helpers are at work in it; which of them wait for the next one, a bit for each."""
TABLE, ENTRIES, COUNTERS, PARTS = (4 * LINE + number for number in range(4))
"""On the board: of the program that runs. Only who is inside may look at these."""
SHIFT = 2**20
DONE, TAKEN = 0, LINE
"""Among a program's counters: finished tasks; then, of each entry and part, how many of its were taken."""
PARTS_AT_MOST = 16  # of the tasks of an entry: every thread looks at every part
SPINS = 2000  # looks at a counter before the core is offered to others
LINGER = 1000  # times that a helper offers its core and looks whether a program runs, before it sleeps
# On an idle core these are some 400 µs, in which a training or a series of predictions comes back; to be
# woken costs a helper 50 to 100.
BITS = 63  # of a whole number, without its sign

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


class Board:
    """What the program that runs and the threads that help know of each other, one for all programs.

    So a helper that waits for more comes to whichever program runs next. (When each program had its own, one
    that waited for the first half of a step to come again was late for the second, and then for the first.)
    """

    def __init__(self) -> None:
        self.numbers = np.zeros(5 * LINE, np.int64)
        forks.remember(self)

    def after_fork(self) -> None:
        """In a forked child there are none of the threads that may have been counted."""
        self.numbers[:] = 0


BOARD = Board()


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
        begun = required = 0
        for row, entry, arguments in zip(self._table, entries, self._arguments, strict=True):
            required = begun if entry.waits else required
            row[:] = entry.kernel, arguments.ctypes.data, entry.tasks, required
            begun += entry.tasks
        self._board = BOARD.numbers  # must live as long as there is code that knows its address
        numbers = [self._board.ctypes.data, self._table.ctypes.data, len(entries), begun, 0, 0, 0]
        self._call = np.array(numbers, np.int64)
        self._rooms: dict[int, Array] = {}
        self._make_room(1)
        self._place = self._call.ctypes.data
        self._run = CALL(library.address(run_program))
        self._help = CALL(library.address(help_programs))

    def run(self, threads: int) -> None:
        """Run all entries once, on so many threads, this one among them."""
        with POOL.in_use:
            try:
                if threads != self._call[-1]:
                    self._make_room(threads)
                if threads > 1:
                    self._call_helpers(threads)
            finally:  # what leads up to a program is done: it runs, also where Ctrl-C comes now
                self._run(self._place, 0, 0)

    def _make_room(self, threads: int) -> None:
        """Have counters for so many threads. None are thrown away: a signal may lead to a run just now."""
        parts = min(threads, PARTS_AT_MOST)
        room = self._rooms.setdefault(parts, np.zeros(TAKEN + len(self.entries) * parts * LINE, np.int64))
        self._call[-3:] = room.ctypes.data, parts, threads

    def _call_helpers(self, threads: int) -> None:
        """One that stops waiting just now will not come: the others do its work."""
        helpers = 2 ** min(threads, BITS) - 2  # a bit for each but thread 0
        if threads > BITS or helpers & ~int(self._board[WAITING]):
            POOL.call(self._share, threads - 1)
        else:
            POOL.keep_off(threads - 1)

    def _share(self, thread: int) -> None:
        self._help(self._place, 0, thread)


def run_program(machine: Machine, name: str) -> Kernel:
    """The calling thread's part: put a program on the board, work in it, and return when all is done."""
    k = Kernel(name, machine, "board table entries total counters parts threads")
    board, counters = k.pointer("board", I64), k.pointer("counters", I64)
    entries, total, parts, threads = k.numbers("entries total parts threads")
    for place in k.loop(0, entries * parts * LINE + TAKEN, LINE):
        k.store_one(I64(0), counters + place)
    words = {TABLE: "table", ENTRIES: "entries", COUNTERS: "counters", PARTS: "parts"}
    for index, word in words.items():
        k.store_one(k.arguments[word].value, board + index)
    run = (_add(k, board + RUNS, 1) + 1) * SHIFT + threads
    k.builder.atomic_rmw("xchg", (board + OPEN).value, run.value, "seq_cst")
    _all_entries(k, board, threads)
    wait_until(k, counters + DONE, total)
    k.builder.atomic_rmw("xchg", (board + OPEN).value, I64(0), "seq_cst")
    wait_until(k, board + INSIDE, k.whole(0), falling=True)  # who came late may still be looking around
    return k


def help_programs(machine: Machine, name: str) -> Kernel:
    """A helper's part: work in the program that is on, if any, and in those that follow soon.

    While it waits for the next that it has a part in, it is not inside: the program may be over, and only
    OPEN is looked at.
    """
    k = Kernel(name, machine, "board")
    builder, board = k.builder, k.pointer("board", I64)
    body, wait, look, offer, leave, after = (
        builder.append_basic_block(word) for word in ("body", "wait", "look", "offer", "leave", "after")
    )
    builder.branch(body)
    builder.position_at_end(body)
    _add(k, board + INSIDE, 1)
    run = _look(k, board + OPEN)  # it stays on as long as this thread is counted inside
    with k.when(k.thread < run % SHIFT):
        _all_entries(k, board, run % SHIFT)
    _add(k, board + INSIDE, -1)
    builder.branch(wait)
    builder.position_at_end(wait)
    own_bit = builder.select(k.thread < BITS, builder.shl(I64(1), k.thread.value), I64(0))
    builder.atomic_rmw("or", (board + WAITING).value, own_bit, "seq_cst")
    builder.branch(look)
    builder.position_at_end(look)
    looks = builder.phi(I64)
    looks.add_incoming(I64(0), wait)
    now = _look(k, board + OPEN)
    is_next = builder.and_(k.thread < now % SHIFT, builder.not_(now.equals(run)))
    builder.cbranch(builder.or_(is_next, Int(k, looks) >= LINGER), leave, offer)
    builder.position_at_end(offer)
    _offer_core(k)
    looks.add_incoming(builder.add(looks, I64(1)), builder.block)
    builder.branch(look)
    builder.position_at_end(leave)
    builder.atomic_rmw("and", (board + WAITING).value, builder.not_(own_bit), "seq_cst")
    builder.cbranch(is_next, body, after)
    builder.position_at_end(after)
    return k


def _add(k: Kernel, counter: Pointer, number: int) -> Int:
    """Change a counter; returns what it was before."""
    return Int(k, k.builder.atomic_rmw("add", counter.value, I64(number), "seq_cst"))


def _offer_core(k: Kernel) -> None:
    k.call("SwitchToThread" if sys.platform == "win32" else "sched_yield", I32)


def _all_entries(k: Kernel, board: Pointer, threads: Int) -> None:
    """The calling thread's part of the program on the board."""
    table, counters = (k.address(k.load_int(board + place), I64) for place in (TABLE, COUNTERS))
    entries, parts = k.load_int(board + ENTRIES), k.load_int(board + PARTS)
    own = k.thread * parts // threads
    kernel_type = ir.FunctionType(ir.VoidType(), [ADDRESS, I64, I64])
    for index in k.loop(0, entries):
        row = table + index * FIELDS
        kernel = k.builder.inttoptr(k.load_int(row).value, kernel_type.as_pointer())
        arguments, tasks = k.address(k.load_int(row + 1)).value, k.load_int(row + 2)
        wait_until(k, counters + DONE, k.load_int(row + 3))
        for number in k.loop(0, parts):
            part = (own + number) % parts
            first, last = tasks * part // parts, tasks * (part + 1) // parts
            taken = counters + (index * parts + part) * LINE + TAKEN
            done = _take_all(k, taken, first, last, kernel, arguments)
            # once for all of them: the line of this counter goes from core to core
            with k.when(done >= 1):
                k.builder.atomic_rmw("add", (counters + DONE).value, done.value, "release")


def _take_all(k: Kernel, taken: Pointer, first: Int, last: Int, kernel: Any, arguments: Any) -> Int:
    """Take the tasks of a part and run them until none is left; returns how many this thread took."""
    builder = k.builder
    look, take, body, after = (
        builder.append_basic_block(word) for word in ("look", "take", "task", "none_left")
    )
    tasks = last - first
    builder.branch(look)
    builder.position_at_end(look)
    builder.cbranch(_look(k, taken) < tasks, take, after)  # to look is cheaper than to take
    builder.position_at_end(take)
    count = builder.phi(I64)
    count.add_incoming(I64(0), look)
    task = Int(k, builder.atomic_rmw("add", taken.value, I64(1), "monotonic"))
    builder.cbranch(task < tasks, body, after)
    builder.position_at_end(body)
    builder.call(kernel, [arguments, (first + task).value, k.thread.value])
    count.add_incoming(builder.add(count, I64(1)), builder.block)
    builder.branch(take)
    builder.position_at_end(after)
    done = builder.phi(I64)
    done.add_incoming(I64(0), look)
    done.add_incoming(count, take)
    return Int(k, done)


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
