import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def sleeper(slot: int) -> Callable[[Path], None]:
    def do(place: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="job-") as folder:
            (place / f"{slot}.txt").write_text(f"{os.getpid()} {folder}", encoding="utf-8")
            time.sleep(300)

    return do


def nothing(work: Path) -> None:
    return None


def sleeping(place: Path) -> None:
    """A run of its own that never comes to an end, for a process that is ended from outside."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may have it ignored
    Jobs(sleeper, 2, nothing, lambda index, found: None).run([place, place])


@pytest.mark.parametrize(
    ("number", "clean"), [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGKILL, False)]
)
def test_nothing_is_left_however_the_run_is_ended(
    tmp_path: Path, number: signal.Signals, clean: bool
) -> None:
    (tmp_path / "temporary").mkdir()
    code = "import sys, pathlib, tests.grading.test_jobs as t; t.sleeping(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", code, str(tmp_path)]
    root = Path(__file__).parents[2]
    run = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, cwd=root)
    files = [tmp_path / "0.txt", tmp_path / "1.txt"]
    if not within(30, lambda: all(file.exists() and file.read_text() for file in files)):
        run.kill()
        raise AssertionError(run.communicate()[1])
    run.send_signal(number)
    run.communicate(timeout=30)
    assert (run.returncode == 128 + 15) == (number == signal.SIGTERM)
    jobs = [int(file.read_text().split()[0]) for file in files]
    assert within(10, lambda: not any(Path(f"/proc/{pid}").exists() for pid in jobs))
    assert (not list((tmp_path / "temporary").iterdir())) == clean


def within(seconds: float, done: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()
