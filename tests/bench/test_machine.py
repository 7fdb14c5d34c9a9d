import os
import sys
import types
from multiprocessing import get_context

import numpy as np
import pytest

from handgrad.bench import machine
from handgrad.bench.machine import environment, installed, look_at_machine, peak_memory

MB = 1_000_000


def test_the_facts() -> None:
    found = look_at_machine(3, 123.4)
    assert (found.threads, found.peak_gflops) == (3, 123.4)
    assert 1 <= found.cores <= (os.cpu_count() or 1)
    assert found.versions["numpy"] == np.__version__
    assert found.versions["Python"] == ".".join(map(str, sys.version_info[:3]))
    assert "3 threads" in str(found)
    assert "123 GFLOP/s" in str(found)
    alone = str(look_at_machine(1, None))
    assert "1 thread on" in alone
    assert "GFLOP" not in alone


def test_a_package_that_is_not_there_has_no_version() -> None:
    assert installed(("numpy", "no-such-package")) == {"numpy": np.__version__}


def test_the_environment_is_as_it_was(monkeypatch) -> None:
    monkeypatch.setenv("BENCH_A", "before")
    monkeypatch.delenv("BENCH_B", raising=False)
    with environment({"BENCH_A": "1", "BENCH_B": "2"}):
        assert (os.environ["BENCH_A"], os.environ["BENCH_B"]) == ("1", "2")
    assert os.environ["BENCH_A"] == "before"
    assert "BENCH_B" not in os.environ


def touch_memory(size: int) -> tuple[int, int]:
    before = peak_memory()
    np.ones(size, np.uint8).sum()
    return before, peak_memory()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="elsewhere a parent's memory counts too")
def test_peak_memory_is_the_process_own() -> None:
    ours = np.ones(400 * MB, np.uint8)
    assert peak_memory() > 400 * MB
    with get_context("spawn").Pool(1) as pool:
        before, after = pool.apply(touch_memory, (100 * MB,))
    assert before < 200 * MB
    assert after > before + 90 * MB
    assert len(ours) == 400 * MB


def test_the_peak_is_asked_of_the_compiled_engine(monkeypatch) -> None:
    name = "handgrad.engine.compiled.peak"
    module = types.ModuleType(name)
    monkeypatch.setattr(module, "measured_peak", lambda threads: 100.0 * threads, raising=False)
    monkeypatch.setitem(sys.modules, name, module)
    assert machine._measured_peak(2) == 200.0
    monkeypatch.setitem(sys.modules, name, None)  # as if it could not be imported
    assert machine._measured_peak(2) is None
