"""The far end of the pipe, run in this process."""

from multiprocessing import Pipe

import pytest

from handgrad.bench import worker
from handgrad.bench.worker import Answer, Failure, Made, Request, reason, seconds_of, serve, time_call
from handgrad.errors import ArgumentError
from tests.bench.toys import small_recipe


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, which only calls move."""
    now = [0.0]
    monkeypatch.setattr(worker.time, "perf_counter", lambda: now[0])
    return now


def test_a_turn_takes_about_as_long_as_it_was_told_to(clock: list[float]) -> None:
    def call() -> None:
        clock[0] += 0.01

    assert time_call(call, 1.0) == pytest.approx(0.01)
    assert clock[0] == pytest.approx(0.01 + 0.2 + 1.0)  # one call to see, the warm-up, the turn


def test_what_is_slow_at_first_is_not_in_the_timing(clock: list[float]) -> None:
    calls = []

    def call() -> None:
        clock[0] += 0.01 if calls else 5.0
        calls.append(clock[0])

    assert time_call(call, 0.1) == pytest.approx(0.01)


def test_a_call_longer_than_its_turn_is_timed_once(clock: list[float]) -> None:
    def call() -> None:
        clock[0] += 3.0

    assert time_call(call, 0.5) == pytest.approx(3.0)
    assert clock[0] == pytest.approx(9.0)
    assert seconds_of(call, 2) == pytest.approx(6.0)


def answers(monkeypatch, *requests: object, kind: str = "Toy", **options: object) -> list[object]:
    monkeypatch.setattr(worker.os, "setsid", lambda: None)  # this process stays in its group
    near, far = Pipe()
    for request in requests:
        near.send(request)
    serve(far, f"tests.bench.toys:{kind}", small_recipe(), 1, options)
    found = []
    while near.poll():
        found.append(near.recv())
    return found


def test_each_request_gets_its_answer(monkeypatch) -> None:
    made, first, second = answers(monkeypatch, Request("training"), Request("training", 0.01), None)
    assert isinstance(made, Made)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.seconds >= 0.001 <= second.seconds
    assert second.peak_memory >= first.peak_memory > 10_000_000


def test_an_error_is_the_last_word(monkeypatch) -> None:
    options = {"kind": "Rude", "how": "raises", "when": "training"}
    requests = (Request("training"), Request("training"), Request("training"), None)
    made, first, last = answers(monkeypatch, *requests, **options)
    assert isinstance(made, Made)
    assert isinstance(first, Answer)
    assert last == Failure("ValueError: no such kernel")


def test_a_side_that_cannot_be_made_is_a_failure_too(monkeypatch) -> None:
    (last,) = answers(monkeypatch, None, kind="NoSuchClass")
    assert isinstance(last, Failure)
    assert "NoSuchClass" in last.reason


def test_reasons_are_one_line() -> None:
    assert reason(KeyError()) == "KeyError: no message"
    assert len(reason(ValueError("x" * 1000))) < 220
    assert reason(ArgumentError("engine", expected="a", got="b")) == "engine: expected a, got b."
