"""Programs: every task once, none before what it needs, whoever runs it."""

import ctypes
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.native.program import CALL, Entry, Program
from tests.engine.compiled.native_chain import Chain
from tests.engine.compiled.native_programs import PATIENCE, entry, program_of, until_all_helpers_sleep
from tests.engine.compiled.native_runs import new_library

THREADS = (1, 2, 3, 16)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return new_library(host(), tmp_path_factory.mktemp("kernels"))


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


LATE = """
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import host
from tests.engine.compiled.native_chain import Chain
from tests.engine.compiled.native_programs import PATIENCE, entry, program_of, until_all_helpers_sleep

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
