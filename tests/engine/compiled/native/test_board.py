"""Helpers at the board: who comes to which program, takes which tasks, and when a run is over."""

import threading
import time

import numpy as np
import pytest

from handgrad.engine.compiled.native.machine import generic, host
from handgrad.engine.compiled.native.program import BOARD, INSIDE, POOL, WAITING
from tests.engine.compiled.native_chain import Chain
from tests.engine.compiled.native_programs import PATIENCE, entry, program_of, until_all_helpers_sleep
from tests.engine.compiled.native_runs import new_library

THREADS = (2, 3, 16)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return new_library(host(), tmp_path_factory.mktemp("kernels"))


@pytest.mark.parametrize("threads", THREADS)
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


def test_a_helper_that_comes_late_to_a_run_without_a_part_for_it_leaves_it_alone(library):
    """Called for one on three threads, it may find one on two."""
    seen = set()

    def work(task, thread):
        seen.add(thread)
        if task == 0:
            POOL.call(program._share, 2)
            deadline = time.monotonic() + 1
            while not BOARD.numbers[WAITING] & 4 and time.monotonic() < deadline:  # it has looked around
                time.sleep(0)

    program = program_of(library, entry(work, 40))
    until_all_helpers_sleep()
    program.run(2)
    assert 2 not in seen


def test_helpers_that_wait_are_kept_off_the_core_that_the_caller_has_moved_to(library, monkeypatch):
    placed = []
    monkeypatch.setattr(POOL, "call", pytest.fail)
    monkeypatch.setattr(POOL, "keep_off", placed.append)
    program = program_of(library, entry(lambda *_: None, 4))
    until_all_helpers_sleep()
    BOARD.numbers[WAITING] = 6  # as if the first two were waiting
    try:
        for threads in (1, 2, 3):
            program.run(threads)
    finally:
        BOARD.numbers[WAITING] = 0
    assert placed == [1, 2]
