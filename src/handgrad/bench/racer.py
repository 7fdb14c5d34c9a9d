"""The near end of a contestant's process: it starts it, asks it, times out on it and ends it."""

import contextlib
import os
import signal
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from handgrad.bench.machine import environment
from handgrad.bench.worker import Answer, Failure, Made, Request, serve
from handgrad.recipes import Recipe

FAREWELL = 5.0  # seconds that a process gets to leave by itself


class Dropped(Exception):  # noqa: N818 (a reason, which becomes part of the results)
    """A contestant can no longer take part; says why."""


class Racer:
    """One contestant's process; to be used in a ``with``.

    Arguments:
        side: "module:class" of its `Side`.
        recipe, threads, options: what the side is made with.
        variables: of its environment, beside those of this process.
        timeout: seconds within which it must answer.

    Raises:
        Dropped: it cannot even be made ready.
    """

    def __init__(
        self,
        side: str,
        recipe: Recipe,
        threads: int,
        options: Mapping[str, Any],
        *,
        variables: Mapping[str, str],
        timeout: float,
    ) -> None:
        self.timeout = timeout
        context = get_context("spawn")  # a fork would inherit the state of thread pools without their threads
        pipe, far = context.Pipe()
        self._pipe: Connection = pipe
        arguments = (far, side, recipe, threads, dict(options))
        self._process = context.Process(target=serve, args=arguments, daemon=True)
        with environment(variables):
            self._process.start()
        far.close()  # so that a process that dies is an end of file here, not a wait
        with self._ended_by_any_error():
            made: Made = self._receive()
        self.making_seconds = made.seconds

    def ask(self, request: Request) -> Answer:
        """Let it work on a request, and wait.

        Raises:
            Dropped: it failed, ended or did not answer in time; the process is gone then.
        """
        with self._ended_by_any_error():
            with contextlib.suppress(
                BrokenPipeError
            ):  # what it said last, or how it ended, is still to be read
                self._pipe.send(request)
            answer: Answer = self._receive()
        return answer

    def _receive(self) -> Any:
        if not self._pipe.poll(self.timeout):
            raise Dropped(f"no answer within {self.timeout:g} s")
        try:
            answer: Made | Answer | Failure = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            raise Dropped(self._how_it_ended()) from None
        if isinstance(answer, Failure):
            raise Dropped(answer.reason)
        return answer

    def _how_it_ended(self) -> str:
        self._process.join(FAREWELL)
        code = self._process.exitcode or 0
        if code < 0:
            return f"its process was ended by signal {-code}, {signal.strsignal(-code)}"
        return f"its process ended with exit code {code}"

    def _ended_by_any_error(self) -> contextlib.ExitStack:
        """Within it an error, Ctrl-C too, ends the process at once."""
        stack = contextlib.ExitStack()
        stack.push(lambda kind, *_: self.stop(patience=0) if kind else None)
        return stack

    def stop(self, patience: float = FAREWELL) -> None:
        """End the process, and all that it has started.

        Arguments:
            patience: seconds that it gets to leave by itself.
        """
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self._pipe.close()
        self._process.join(patience)
        if self._process.pid is not None:
            with contextlib.suppress(AttributeError, OSError):  # gone, or it had no group of its own yet
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def __enter__(self) -> "Racer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(patience=0 if kind else FAREWELL)
