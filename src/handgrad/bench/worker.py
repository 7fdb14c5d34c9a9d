"""A contestant's process: it sleeps on its pipe until it is asked for a timing.

It answers `Made` once its side is made, then one `Answer` for each `Request`, until None comes. Whatever goes
wrong becomes a `Failure`, its last word.
"""

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from handgrad.bench.machine import peak_memory
from handgrad.bench.side import Side, find_side
from handgrad.errors import HandgradError
from handgrad.recipes import Recipe

WARM_UP = 0.2  # of the time of a turn: caches and clock recover from the contestant before
LONGEST_REASON = 200  # characters


@dataclass(frozen=True)
class Request:
    """What is to be timed.

    Arguments:
        measure: which call of the side.
        seconds: how long a turn shall take; None: one call, the first, with all the compiling that it needs.
    """

    measure: str
    seconds: float | None = None


@dataclass(frozen=True)
class Made:
    """The side is made: how long that took, with the imports."""

    seconds: float


@dataclass(frozen=True)
class Answer:
    """How long one call took, and the most memory that the process ever had, in bytes."""

    seconds: float
    peak_memory: int


@dataclass(frozen=True)
class Failure:
    """Why the contestant can no longer take part."""

    reason: str


def serve(pipe: Connection, path: str, recipe: Recipe, threads: int, options: Mapping[str, Any]) -> None:
    """Make a side, then answer requests.

    Arguments:
        pipe: to the process that asks.
        path: "module:class" of the side.
        recipe, threads, options: what it is made with.
    """
    with contextlib.suppress(AttributeError, OSError):  # no such thing here, or leader of a group already
        os.setsid()  # a group of its own: what it starts, compilers above all, can be ended with it
    with contextlib.suppress(EOFError, BrokenPipeError):  # nobody asks any more
        try:
            start = time.perf_counter()
            side: Side = find_side(path)(recipe, threads, **options)
            pipe.send(Made(time.perf_counter() - start))
            _answer_all(pipe, side)
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 (a rival may fail in any way: it becomes a row with the reason)
            pipe.send(Failure(reason(error)))


def _answer_all(pipe: Connection, side: Side) -> None:
    calls: dict[str, Callable[[], object]] = {}
    while (request := pipe.recv()) is not None:
        if request.measure not in calls:
            calls.clear()  # the arrays of the measure before
            calls[request.measure] = side.call(request.measure)
        call = calls[request.measure]
        seconds = seconds_of(call, 1) if request.seconds is None else time_call(call, request.seconds)
        pipe.send(Answer(seconds, peak_memory()))


def time_call(call: Callable[[], object], seconds: float) -> float:
    """The mean time of one call, in seconds, over about so many seconds, after a short warm-up."""
    once = seconds_of(call, 1)
    warm = max(1, int(WARM_UP * seconds / once))
    once = seconds_of(call, warm) / warm
    count = max(1, round(seconds / once))
    return seconds_of(call, count) / count


def seconds_of(call: Callable[[], object], count: int) -> float:
    """How long so many calls take."""
    start = time.perf_counter()
    for _ in range(count):
        call()
    return time.perf_counter() - start


def reason(error: Exception) -> str:
    """An error in one line of a decent length.

    Example:
        >>> reason(ValueError("first line\\nsecond line"))
        'ValueError: first line'
    """
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else "no message"
    if not isinstance(error, HandgradError):
        text = f"{type(error).__name__}: {text}"
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}..."
