import os
import sys
import threading
from types import SimpleNamespace

import pytest

from handgrad.engine.compiled.native import threads
from handgrad.engine.compiled.native.threads import POOL, Pool

PATIENCE = 30  # seconds, before a test is given up


class Meeting:
    """A share that notes who came and waits until it is let go."""

    def __init__(self):
        self.numbers, self.names = [], set()
        self.arrived, self.gate = threading.Semaphore(0), threading.Event()

    def __call__(self, number):
        self.numbers.append(number)
        self.names.add(threading.current_thread().name)
        self.arrived.release()
        assert self.gate.wait(PATIENCE)

    def await_all(self, count):
        for _ in range(count):
            assert self.arrived.acquire(timeout=PATIENCE)


def test_helpers_are_numbered_from_one_and_begin_at_the_same_time():
    pool, meeting = Pool(), Meeting()
    pool.call(meeting, 3)
    meeting.await_all(3)  # none of them waits for another to finish
    meeting.gate.set()
    assert sorted(meeting.numbers) == [1, 2, 3]
    assert meeting.names == {"handgrad-1", "handgrad-2", "handgrad-3"}


def test_threads_are_made_when_needed_and_used_again():
    pool = Pool()
    before = set(threading.enumerate())
    pool.call(pytest.fail, 0)
    assert set(threading.enumerate()) <= before
    for helpers, expected in ((1, 1), (3, 3), (2, 3), (3, 3)):
        meeting = Meeting()
        meeting.gate.set()
        pool.call(meeting, helpers)
        meeting.await_all(helpers)
        assert sorted(meeting.numbers) == list(range(1, helpers + 1))
        made = set(threading.enumerate()) - before
        assert len(made) == expected
    assert all(thread.daemon for thread in made)  # none of them keeps Python from ending


def test_a_thread_that_has_no_time_is_not_given_ever_more_work():
    pool, meeting, others = Pool(), Meeting(), Meeting()
    others.gate.set()
    pool.call(meeting, 1)
    meeting.await_all(1)  # it is busy now
    for _ in range(100):
        pool.call(others, 1)
    pool.call(others, 2)  # the second one is free, and gets work all the same
    others.await_all(1)
    assert others.numbers == [2]
    meeting.gate.set()
    others.await_all(1)
    assert others.numbers == [2, 1]
    assert not others.arrived.acquire(timeout=0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads are not told where to run")
def test_helpers_are_kept_off_the_core_of_the_one_who_calls_them(monkeypatch):
    """Where Linux woke them there, two threads shared one core beside an idle one."""
    pool, seen = Pool(), []
    own = frozenset(os.sched_getaffinity(0))

    def cpus_of_helpers(count):
        done = threading.Semaphore(0)

        def share(_):
            seen.append(frozenset(os.sched_getaffinity(0)))  # of the thread that asks
            done.release()

        pool.call(share, count)
        for _ in range(count):
            assert done.acquire(timeout=PATIENCE)
        return {seen.pop() for _ in range(count)}

    for cpu in sorted(own) * 2:
        system = SimpleNamespace(sched_getcpu=lambda cpu=cpu: cpu)
        monkeypatch.setattr(threads, "_system", lambda system=system: system)
        assert cpus_of_helpers(1) == {own - {cpu} or own}
    pool.keep_off(1)  # as before a program for which nobody has to be called
    assert os.sched_getaffinity(pool._helpers[1]._thread.native_id) == (own - {max(own)} or own)
    assert cpus_of_helpers(len(own)) == {own}  # more threads than cores: they have to share some
    assert cpus_of_helpers(1) == {own - {max(own)} or own}  # and again not
    assert os.sched_getaffinity(0) == own  # the caller itself may go where it could


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads are not told where to run")
def test_a_c_library_that_does_not_say_where_a_thread_runs(monkeypatch):
    monkeypatch.setattr(threads.ctypes, "CDLL", lambda _: SimpleNamespace())
    threads._system.cache_clear()
    try:
        assert threads._system().sched_getcpu() == -1
    finally:
        threads._system.cache_clear()
    assert threads._elsewhere(-1, 1) == frozenset(os.sched_getaffinity(0))


def test_a_thread_that_was_not_to_be_had_is_asked_for_again(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    pool, meeting = Pool(), Meeting()
    meeting.gate.set()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        pool.call(pytest.fail, 2)
    pool.call(meeting, 2)
    meeting.await_all(2)
    assert sorted(meeting.numbers) == [1, 2]


def test_there_is_one_pool_for_all():
    from handgrad.engine.compiled.native import program

    assert program.POOL is POOL
