"""A process of its own, which sleeps on a pipe until it is asked."""

import contextlib
import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from handgrad.bench.machine import environment
from handgrad.bench.worker import Failure, reason
from handgrad.errors import HandgradError

FAREWELL = 5.0  # seconds that a process gets to leave by itself


def serve(pipe: Connection, make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    """Make what answers, say so by a None, then answer until a None comes; an error is the last word.

    Arguments:
        pipe: to the process that asks.
        make: gives, of the arguments, a function of one request.
        arguments: of it.
    """
    with contextlib.suppress(AttributeError, OSError):  # no such thing here, or leader of a group already
        os.setsid()  # Ctrl-C is for the process that asks, which then ends this one
    with contextlib.suppress(EOFError, BrokenPipeError):  # nobody asks any more
        try:
            answer = make(*arguments)
            pipe.send(None)
            while (request := pipe.recv()) is not None:
                pipe.send(answer(request))
        except (EOFError, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, it is told where somebody reads it)
            pipe.send(Failure(reason(error)))


class OwnProcess:
    """One side of a race; to be used in a ``with``, at whose end the process ends.

    Arguments:
        title: for errors.
        make: called in the process with the arguments; gives a function of one request.
        arguments: of ``make``; they and it must be picklable.
        variables: of its environment, beside those of this process.

    Raises:
        HandgradError: what is to answer cannot be made.

    Example:
        >>> from operator import itemgetter
        >>> with OwnProcess("a list", itemgetter, (1,), {}) as process:
        ...     process.ask("abc")
        'b'
    """

    def __init__(
        self,
        title: str,
        make: Callable[..., Callable[[Any], Any]],
        arguments: tuple[Any, ...],
        variables: Mapping[str, str],
    ) -> None:
        self.title = title
        context = get_context("spawn")  # a fork would inherit the state of thread pools without their threads
        pipe, far = context.Pipe()
        self._pipe: Connection = pipe
        self._process = context.Process(target=serve, args=(far, make, arguments), daemon=True)
        with environment(variables):
            self._process.start()
        far.close()  # so that a process that dies is an end of file here, not a wait
        self._receive()  # made

    def ask(self, request: object) -> Any:
        """Let it work on a request, which must not be None, and wait.

        Raises:
            HandgradError: it failed or ended.
        """
        with contextlib.suppress(BrokenPipeError):  # what it said last is still to be read
            self._pipe.send(request)
        return self._receive()

    def _receive(self) -> Any:
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self._process.join(FAREWELL)
            answer = Failure(f"its process ended with exit code {self._process.exitcode}")
        if isinstance(answer, Failure):
            raise HandgradError(self.title, expected="an answer", got=answer.reason.rstrip("."))
        return answer

    def __enter__(self) -> "OwnProcess":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send(None)
        self._pipe.close()
        self._process.join(FAREWELL)
        self._process.kill()
        self._process.join()
