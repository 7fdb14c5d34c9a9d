"""Programs: every task once, none before what it needs, whoever runs it."""

import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from handgrad.engine.compiled.native.machine import generic, host
from handgrad.engine.compiled.native.program import BOARD, CALL, INSIDE, POOL, WAITING, Entry, Program
from tests.engine.compiled.native_chain import Chain
from tests.engine.compiled.native_runs import new_library

THREADS = (1, 2, 3, 16)
PATIENCE = 30  # seconds, before a test is given up


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return new_library(host(), tmp_path_factory.mktemp("kernels"))


def entry(kernel, tasks, waits=True, arguments=()):
    """An entry whose kernel is a Python function of task and thread; keep the second part alive."""
    called = CALL(lambda _, task, thread: kernel(task, thread))
    return Entry(ctypes.cast(called, ctypes.c_void_p).value, list(arguments), tasks, waits), called


def program_of(library, *entries):
    """A program of Python functions; it keeps them alive."""
    program = Program(library, [item for item, _ in entries])
    program.kept_alive = [called for _, called in entries]
    return program


def until_all_helpers_sleep():
    """One that is about to fall asleep may miss the next run; one that sleeps is called, and comes."""
    deadline = time.monotonic() + PATIENCE
    while BOARD.numbers[WAITING] or BOARD.numbers[INSIDE]:
        assert time.monotonic() < deadline
        time.sleep(0.001)


# what runs when


def test_one_thread_runs_all_tasks_in_order(library):
    seen = []
    kernels = [
        entry(lambda task, thread, n=n: seen.append((n, task, thread)), n, n % 2 == 1) for n in (3, 0, 1, 4)
    ]
    program = program_of(library, *kernels)
    for _ in range(3):
        seen.clear()
        program.run(1)
        assert seen == [(n, task, 0) for n in (3, 0, 1, 4) for task in range(n)]


def test_a_program_without_entries_ends(library):
    for threads in THREADS:
        Program(library, []).run(threads)


def test_every_kernel_gets_its_own_arguments(library):
    seen = []

    def reading(arguments, task, _):
        seen.append((task, *(ctypes.c_int64 * 2).from_address(arguments)))

    called = CALL(reading)
    address = ctypes.cast(called, ctypes.c_void_p).value
    program = Program(library, [Entry(address, [n, -n], 2) for n in (5, 2**40)])
    program.run(1)
    assert seen == [(0, 5, -5), (1, 5, -5), (0, 2**40, -(2**40)), (1, 2**40, -(2**40))]


@pytest.mark.parametrize("threads", THREADS[1:])
def test_no_two_tasks_at_once_have_the_same_thread(library, threads):
    """Scratch memory is given out by its number."""
    working, used, lock, trouble = set(), set(), threading.Lock(), []
    together = threading.Barrier(2)

    def work(task, thread):
        with lock:
            if thread in working or not 0 <= thread < threads:
                trouble.append(thread)
            working.add(thread)
            used.add(thread)
        if task < 2:
            together.wait(PATIENCE)  # so a second thread must take part
        with lock:
            working.discard(thread)

    program = program_of(library, entry(work, 40), entry(work, 40))
    for _ in range(10):
        until_all_helpers_sleep()
        program.run(threads)
    assert not trouble
    assert len(used) > 1


def test_an_entry_that_waits_begins_when_all_before_it_is_done(library):
    """The order of the middle two is free; the last needs both, and the last of them is slow."""
    done, trouble, slow = [], [], threading.Event()

    def first(task, _):
        if task == 0:
            slow.wait(0.02)
        done.append(("first", task))

    def beside(task, _):
        if task == 1:
            slow.wait(0.02)
        done.append(("beside", task))

    def last(task, _):
        if len(done) != 6:
            trouble.append(list(done))

    program = program_of(library, entry(first, 3), entry(beside, 3, waits=False), entry(last, 4))
    for threads in THREADS:
        done.clear()
        program.run(threads)
        assert not trouble
        assert sorted(done) == [(name, task) for name in ("beside", "first") for task in range(3)]


def test_an_entry_that_does_not_wait_begins_beside_the_one_before_it(library):
    begun, met = threading.Event(), []
    program = program_of(
        library,
        entry(lambda *_: met.append(begun.wait(PATIENCE)), 1),  # ends only if the next one begins
        entry(lambda *_: begun.set(), 1, waits=False),
    )
    until_all_helpers_sleep()
    program.run(2)
    assert met == [True]


def test_an_entry_that_does_not_wait_still_needs_what_the_one_before_it_needs(library):
    finished, trouble = [], []
    slow = threading.Event()

    def first(task, _):
        slow.wait(0.02)
        finished.append(task)

    def check(*_):
        if len(finished) != 2:
            trouble.append(list(finished))

    kernels = [entry(first, 2), entry(check, 1), entry(check, 6, waits=False), entry(check, 6, waits=False)]
    program = program_of(library, *kernels)
    for threads in THREADS:
        finished.clear()
        program.run(threads)
    assert not trouble


def test_run_returns_when_all_tasks_are_done(library):
    done, slow = [], threading.Event()

    def work(task, thread):
        if thread:  # a helper is the last to finish
            slow.wait(0.02)
        done.append(task)

    program = program_of(library, entry(work, 8))
    for threads in THREADS:
        done.clear()
        program.run(threads)
        assert sorted(done) == list(range(8))


@pytest.mark.parametrize("threads", THREADS[1:])
def test_each_thread_begins_with_its_own_part(library, threads):
    """So what one layer left in a core's cache is there for the next."""
    together, found = threading.Barrier(threads), {}

    def work(task, thread):
        found[task] = thread
        together.wait(PATIENCE)  # so each thread has one task

    program = program_of(library, entry(work, threads))
    for _ in range(3):
        found.clear()
        until_all_helpers_sleep()
        program.run(threads)
        assert found == {number: number for number in range(threads)}


def test_a_thread_that_is_done_takes_what_others_have_not_come_to(library):
    begun, others_done, found = threading.Event(), threading.Event(), {}

    def work(task, thread):
        found[task] = thread
        if thread == 0:
            begun.set()
            others_done.wait(PATIENCE)
        else:
            begun.wait(PATIENCE)
            if sum(found.values()) == 9:
                others_done.set()

    program = program_of(library, entry(work, 10))
    until_all_helpers_sleep()
    program.run(2)
    assert found == {0: 0} | dict.fromkeys(range(1, 10), 1)


def test_a_helper_that_waits_comes_to_whichever_program_is_next(library, monkeypatch):
    """A training step is two programs: called for each, the helper was late for both."""
    calls, call, came = [], POOL.call, set()
    monkeypatch.setattr(POOL, "call", lambda *arguments: (calls.append(arguments), call(*arguments)))

    def work(_, thread):
        came.add(thread)
        deadline = time.monotonic() + 0.2
        while len(came) < 2 and time.monotonic() < deadline:
            time.sleep(0)

    first, second = (program_of(library, entry(work, 2)) for _ in range(2))
    uncalled = 0
    for _ in range(20):
        until_all_helpers_sleep()
        came.clear()
        first.run(2)
        calls.clear()
        came.clear()
        second.run(2)
        uncalled += not calls and came == {0, 1}
    assert uncalled


def test_a_run_on_fewer_threads_is_left_alone_by_the_others(library):
    """They have no scratch memory in it."""
    seen = set()
    large = program_of(library, entry(lambda *_: None, 40))
    small = program_of(library, entry(lambda _, thread: seen.add(thread), 40))
    for threads in (1, 2, 3) * 30:
        large.run(16)
        seen.clear()
        small.run(threads)
        assert max(seen) < threads


# that nothing is lost, done twice or too early, in thousands of runs


@pytest.mark.parametrize("threads", THREADS)
def test_nothing_is_lost_doubled_or_misordered(library, threads):
    chain = Chain(library)
    for _ in range(3000):
        chain.run(threads)
        chain.check()
    chain.check_counts()


def test_many_programs_in_turn_on_changing_numbers_of_threads(library):
    chains = [Chain(library, offset) for offset in range(20)]
    rng = np.random.default_rng(0)
    for _ in range(3000):
        chain = chains[rng.integers(len(chains))]
        chain.run(int(rng.choice(THREADS)))
        chain.check()
    for chain in chains:
        chain.check_counts()


@pytest.mark.parametrize("shared", [False, True])
def test_two_python_threads_run_programs_at_once(library, shared):
    chains = [Chain(library, offset) for offset in range(2)]
    errors = []

    def work(own):
        try:
            for _ in range(1000):
                if shared:
                    chains[0].program.run(3)
                else:
                    own.run(3)
                    own.check()
        except BaseException as error:  # noqa: BLE001 (for the main thread to see)
            errors.append(error)

    workers = [threading.Thread(target=work, args=(chain,)) for chain in chains]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
        assert not worker.is_alive()
    assert not errors
    if shared:
        chains[0].runs = 2000
    for chain in chains[: 1 if shared else 2]:
        chain.check_counts()


def test_a_run_ends_when_no_thread_is_inside_any_more(library):
    """One that looked in late may still read the board, which the next run changes."""
    program = program_of(library, entry(lambda *_: None, 1))
    until_all_helpers_sleep()  # they leave the count alone
    BOARD.numbers[INSIDE] += 1  # as such a thread does
    try:
        running = threading.Thread(target=program.run, args=(1,))
        running.start()
        running.join(0.05)
        assert running.is_alive()
    finally:
        BOARD.numbers[INSIDE] -= 1
    running.join(PATIENCE)
    assert not running.is_alive()


def test_more_threads_than_there_are_bits_and_parts(library):
    chain = Chain(library)
    for threads in (70, 2, 70, 20):
        chain.run(threads)
        chain.check()
    chain.check_counts()


def test_programs_of_two_libraries_in_turn(library, tmp_path):
    """A helper that waits in the code of one of them comes to the other's."""
    chains = [Chain(library), Chain(new_library(generic(), tmp_path), 1)]
    for _ in range(500):
        for chain in chains:
            chain.run(2)
            chain.check()
    for chain in chains:
        chain.check_counts()


def test_a_signal_that_leads_to_a_run_while_room_is_made(library, monkeypatch):
    """As `POOL.in_use` lets the same thread in again; it must find counters that are there."""
    chain, zeros = Chain(library), np.zeros

    def interrupted(*arguments):
        monkeypatch.undo()
        chain.program.run(3)
        return zeros(*arguments)

    chain.run(1)
    chain.runs += 1
    monkeypatch.setattr("handgrad.engine.compiled.native.program.np.zeros", interrupted)
    chain.run(3)
    chain.check()
    for _ in range(20):
        chain.run(3)
        chain.check()
    chain.check_counts()
    assert chain.program._call[-3] == chain.program._rooms[3].ctypes.data


LATE = """
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import generic, host
from tests.engine.compiled.native_chain import Chain

for _ in range(60):
    chain = Chain(Library(host()))
    for _ in range(20):
        chain.run(8)
print("done")
"""


def test_a_program_and_its_library_may_be_forgotten_right_after_a_run(tmp_path):
    root = str(Path(__file__).parents[4])
    environment = os.environ | {"HANDGRAD_KERNELS": str(tmp_path)}
    command = [sys.executable, "-c", LATE]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=root, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
