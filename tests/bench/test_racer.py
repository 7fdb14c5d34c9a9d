"""Processes that answer, and processes that do not."""

import os
import time
from pathlib import Path

import pytest

from handgrad.bench.machine import thread_variables
from handgrad.bench.racer import Dropped, Racer
from handgrad.bench.worker import Request
from tests.bench.toys import small_recipe

PATIENT = 30.0


def racer(kind: str, timeout: float = PATIENT, variables: dict[str, str] | None = None, **options) -> Racer:
    side = f"tests.bench.toys:{kind}"
    return Racer(side, small_recipe(), 3, options, variables=variables or {}, timeout=timeout)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent's notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_it_answers_and_leaves_when_it_is_told_to() -> None:
    with racer("Toy") as found:
        assert found.ask(Request("training")).seconds >= 0.001
        assert found.ask(Request("training", 0.01)).peak_memory > 0
        assert found.making_seconds >= 0
        process = found._process
        assert process.is_alive()
    assert process.exitcode == 0


def test_it_has_its_threads_in_its_environment_and_nobody_else_has(monkeypatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with pytest.raises(Dropped, match=r"RuntimeError: mlp 3 \['3', '3', '3', '3'\]"):
        racer("Environment", variables=thread_variables(3))
    assert os.environ["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("raises", "^ValueError: no such kernel$"),
        ("crashes", "^its process was ended by signal 11, Segmentation fault$"),
        ("leaves", "^its process ended with exit code 3$"),
    ],
)
def test_how_it_fails_is_said(how: str, says: str) -> None:
    with racer("Rude", how=how, when="training") as found:
        found.ask(Request("training"))
        with pytest.raises(Dropped, match=says):
            found.ask(Request("training"))
        assert not found._process.is_alive()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")
def test_who_does_not_answer_in_time_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    options = {"how": "falls silent", "when": "training", "variables": {"TOY_CHILD": str(child)}}
    with racer("Rude", **options) as found:
        found.ask(Request("training"))
        found.timeout = 2.0
        with pytest.raises(Dropped, match=r"^no answer within 2 s$"):
            found.ask(Request("training"))
    pids = [int(word) for word in child.read_text().split()]
    patience = time.monotonic() + 10
    while any(map(is_alive, pids)) and time.monotonic() < patience:
        time.sleep(0.01)
    assert [pid for pid in pids if is_alive(pid)] == []


def test_who_is_out_stays_out() -> None:
    with racer("Rude", how="leaves", when="training") as found:
        found.ask(Request("training"))
        with pytest.raises(Dropped):
            found.ask(Request("training"))
        with pytest.raises((Dropped, OSError)):
            found.ask(Request("training"))
