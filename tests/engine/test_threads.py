import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from handgrad.engine import choose_threads, threads, usable_cores
from handgrad.errors import ArgumentError
from tests.engine.engine_cases import make_run


def test_the_argument_comes_first(monkeypatch):
    monkeypatch.setenv("HANDGRAD_THREADS", "5")
    assert choose_threads(3) == 3
    assert choose_threads() == 5
    monkeypatch.setenv("HANDGRAD_THREADS", "")
    assert choose_threads() == usable_cores()
    monkeypatch.delenv("HANDGRAD_THREADS")
    assert choose_threads() == usable_cores()
    assert choose_threads(np.int64(2)) == 2


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "two", True, np.nan])
def test_numbers_that_make_no_sense(wrong, monkeypatch):
    with pytest.raises(ArgumentError) as caught:
        choose_threads(wrong)
    assert "threads: expected a whole number above 0" in str(caught.value)
    assert "HANDGRAD_THREADS" not in str(caught.value)
    monkeypatch.setenv("HANDGRAD_THREADS", str(wrong))
    with pytest.raises(ArgumentError, match="Hint: check HANDGRAD_THREADS"):
        choose_threads()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be taken away here")
def test_cores_that_the_scheduler_leaves():
    one = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]);"
    text = one + "from handgrad.engine import choose_threads; print(choose_threads())"
    environment = {name: value for name, value in os.environ.items() if name != "HANDGRAD_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max 100000", 8),
        ("150000 100000", 2),
        ("50000 100000", 1),
        ("900000 100000", 8),
        ("odd", 8),
        ("a b", 8),
    ],
)
def test_cores_that_the_control_group_leaves(text, expected, monkeypatch):
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(threads.Path, "read_text", lambda _: text)
    assert usable_cores() == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu/cpu.cfs_quota_us": "150000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2),  # version 1
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
        ({"cpu/a/b/cpu.cfs_quota_us": "300000", "cpu/a/b/cpu.cfs_period_us": "100000"}, 3),
        ({"cpu/a/cpu.cfs_quota_us": "100000", "cpu/a/cpu.cfs_period_us": "100000",
          "cpu/a/b/cpu.cfs_quota_us": "300000", "cpu/a/b/cpu.cfs_period_us": "100000"}, 1),
        ({"a/b/cpu.max": "max 100000", "a/cpu.max": "400000 100000"}, 4),  # version 2
        ({"memory/a/b/cpu.max": "100000 100000", "c/cpu.max": "100000 100000"}, 8),  # not this process's
    ],
)  # fmt: skip
def test_the_groups_around_the_own_one_count_too(files, expected, tmp_path, monkeypatch):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    groups = tmp_path / "groups"
    groups.write_text("3:memory:/c\n2:cpu,cpuacct:/a/b\n0::/a/b\n")
    places = {"/sys/fs/cgroup": tmp_path, "/proc/self/cgroup": groups}
    monkeypatch.setattr(threads, "Path", lambda path: places.get(path) or Path(path))
    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert usable_cores() == expected


def test_without_a_control_group(monkeypatch):
    def missing(_):
        raise FileNotFoundError

    monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    monkeypatch.setattr(threads.Path, "read_text", missing)
    assert usable_cores() == 3


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.mark.parametrize("number", [1, 2])
def test_blas_is_held_to_them_and_let_go(number):
    seen = []

    class Spy:
        def forward(self, y, targets):
            seen.append(blas_threads())
            return 0.0, y

        def backward(self, cache):
            return np.zeros_like(cache)

    before = blas_threads()
    if not before:
        pytest.skip("a BLAS that threadpoolctl does not know")
    run = make_run(loss=Spy(), engine="reference", threads=number)
    run.train_step(np.ones((2, 1, 8, 8), "f"), np.array([0, 1]))
    assert max(seen[0]) <= number
    assert blas_threads() == before
