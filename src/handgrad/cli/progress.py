"""How a training looks while it runs: a bar in a terminal, plain lines elsewhere."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from handgrad.cli.output import say, warn
from handgrad.train import Record, Training


class Display:
    """Shows records, and between them how far the training is.

    Arguments:
        training: what is watched.
        quiet: show nothing.
    """

    def __init__(self, training: Training, *, quiet: bool) -> None:
        self.training, self.quiet = training, quiet
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Display":
        if not self.quiet and sys.stdout.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
            )
            self._task = self._bar.add_task("step", total=self.training.total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self) -> None:
        """Move the bar."""
        if self._bar:
            self._bar.update(self._task, completed=self.training.progress.step)

    def record(self, record: Record) -> None:
        """Show a record."""
        if self._bar:
            speed = f"{record.images_per_second:,.0f} images/s"
            words = f"loss {record.loss:.4f}  accuracy {record.accuracy:.2%}  {speed}"
            self._bar.update(self._task, description=words)
            self._bar.console.print(str(record), highlight=False)
        else:
            say(str(record), quiet=self.quiet)


@contextmanager
def gentle_interrupt() -> Iterator[list[int]]:
    """Ctrl-C asks the training to stop after its step; a second one stops at once.

    Yields:
        a list that holds the signal's number once it came.
    """
    came: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if came:
            signal.signal(signal.SIGINT, before[signal.SIGINT])
            raise KeyboardInterrupt
        came.append(number)
        warn("stopping after this step, with a checkpoint; press Ctrl-C again to stop at once")

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handle)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
