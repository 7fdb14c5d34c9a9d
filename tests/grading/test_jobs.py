import os
import time
from collections.abc import Callable

import pytest

from handgrad.grading.jobs import Jobs


def make(slot: int) -> Callable[[int], tuple[int, int]]:
    def do(work: int) -> tuple[int, int]:
        if work < 0:
            os._exit(3)
        if work == 99:
            raise LookupError("of the job")
        time.sleep(0.02)
        return slot, work * work

    return do


def lost(work: int) -> tuple[int, int]:
    return -1, work


def run(work: list[int], count: int = 2) -> tuple[list[tuple[int, int]], list[int]]:
    told: list[int] = []
    found = Jobs(make, count, lost, lambda index, found: told.append(index)).run(work)
    return found, told


def test_results_come_in_the_order_of_the_work() -> None:
    found, told = run(list(range(8)))
    assert [square for _, square in found] == [number**2 for number in range(8)]
    assert {slot for slot, _ in found} == {0, 1}
    assert sorted(told) == list(range(8))


def test_work_that_ends_its_process_is_lost_alone() -> None:
    found, _ = run([1, -5, 2, 3, -6, 4])
    assert [result for _, result in found] == [1, -5, 4, 9, -6, 16]
    assert [slot for slot, result in found if result < 0] == [-1, -1]


def test_an_exception_of_the_job_is_raised_here() -> None:
    with pytest.raises(LookupError, match="of the job"):
        run([1, 99, 2])


def test_no_work_is_no_trouble() -> None:
    assert run([]) == ([], [])


def test_an_interrupt_ends_the_processes() -> None:
    def tell(index: int, found: tuple[int, int]) -> None:
        raise KeyboardInterrupt

    jobs = Jobs(make, 2, lost, tell)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(list(range(50)))
    for process in jobs.processes.values():
        process.join(10)
        assert not process.is_alive()
