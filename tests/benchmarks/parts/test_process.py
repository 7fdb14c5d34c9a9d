import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.parts.process import OwnProcess
from handgrad.errors import ArgumentError, HandgradError


def make_reader(word: str) -> Callable[[str], object]:
    made = os.environ.get("A_SIDES_OWN")
    return lambda name: (word, made, os.environ.get(name), os.getpid())


def make_rude(how: str) -> Callable[[str], object]:
    def answer(request: str) -> object:
        if request == "fine":
            return request
        if how == "raises":
            raise ArgumentError("lr", expected="a small one", got="a large one")
        os._exit(7)

    if how == "cannot be made":
        raise ZeroDivisionError("of nothing")
    return answer


def test_one_process_answers_them_all(monkeypatch) -> None:
    monkeypatch.delenv("A_SIDES_OWN", raising=False)
    with OwnProcess("reader", make_reader, ("a",), {"A_SIDES_OWN": "b"}) as process:
        word, made, read, pid = process.ask("A_SIDES_OWN")
        assert (word, made, read) == ("a", "b", "b")
        assert pid != os.getpid()
        assert process.ask("A_SIDES_OWN")[3] == pid
    assert "A_SIDES_OWN" not in os.environ
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's count of processor time")
def test_it_sleeps_until_it_is_asked() -> None:
    with OwnProcess("reader", make_reader, ("a",), {}) as process:
        pid = process.ask("")[3]
        time.sleep(0.05)
        before = ticks(pid)
        time.sleep(0.2)
        assert ticks(pid) - before <= 2  # of 20, if it were busy all the time


def ticks(pid: int) -> int:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


@pytest.mark.parametrize(
    ("how", "what"),
    [("raises", "rude: .* got lr: expected a small one, got a large one\\.$"), ("leaves", "exit code 7")],
)
def test_what_goes_wrong_in_it_is_told_here(how: str, what: str) -> None:
    with OwnProcess("rude", make_rude, (how,), {}) as process:
        assert process.ask("fine") == "fine"
        with pytest.raises(HandgradError, match=what):
            process.ask("not fine")


def test_so_is_what_cannot_be_made() -> None:
    with pytest.raises(HandgradError, match=r"rude: .*ZeroDivisionError: of nothing"):
        OwnProcess("rude", make_rude, ("cannot be made",), {})
