"""How what takes time looks while it runs: a bar in a terminal, plain lines elsewhere."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from handgrad.cli.output import say, warn
from handgrad.train import Record, Training

STOPPING = b"\nhandgrad: stopping after this step, with a checkpoint; press Ctrl-C again to stop at once\n"


class TrainingDisplay:
    """Shows records, and between them how far the training is.

    Arguments:
        training: what is watched.
        quiet: show nothing.
    """

    def __init__(self, training: Training, *, quiet: bool) -> None:
        self.training, self.quiet = training, quiet
        self._bar: Any = None
        self._task: Any = None
        self._words = ""

    def __enter__(self) -> "TrainingDisplay":
        if not self.quiet and sys.stdout.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("step"),
                MofNCompleteColumn(),
                BarColumn(bar_width=None),
                TextColumn("{task.description}"),
                TimeRemainingColumn(compact=True),
                TextColumn("left"),
            )
            progress = self.training.progress
            self._task = self._bar.add_task("", total=self.training.total, completed=progress.step)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self) -> None:
        """Move the bar, with loss and accuracy since the last record."""
        if not self._bar:
            return
        progress, task = self.training.progress, self._bar.tasks[0]
        if progress.seen:
            loss, accuracy = progress.loss_sum / progress.seen, progress.correct / progress.seen
            self._words = f"loss {loss:.4f}  accuracy {accuracy:.2%}"
        speed = f"  {task.speed * self.training.plan.batch_size:,.0f} images/s" if task.speed else ""
        self._bar.update(self._task, completed=progress.step, description=self._words + speed)

    def record(self, record: Record) -> None:
        """Show a record."""
        if self._bar:
            self._bar.console.print(str(record), highlight=False, soft_wrap=True)
        else:
            say(str(record), quiet=self.quiet)


class DownloadDisplay:
    """Shows how far a download is; to be called with the bytes so far, and all of them if they are known.

    Arguments:
        quiet: show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._before = 0

    def __enter__(self) -> "DownloadDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, received: int, total: int | None) -> None:
        """Show so many bytes of the present file; fewer than before are of the next one."""
        begins, self._before = not 0 < self._before <= received, received
        if self.quiet:
            return
        if not sys.stderr.isatty():
            if begins:
                warn(f"downloading a file{f' of {total:,} bytes' if total else ''}")
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

            columns = (TextColumn("downloading"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
        if begins:
            self._task = self._bar.add_task("", total=total)
        self._bar.update(self._task, completed=received)


@contextmanager
def gentle_interrupt() -> Iterator[list[int]]:
    """Ctrl-C asks the training to stop after its step; at a second one the system ends the process at once.

    Yields:
        a list that holds the signal's number once it came.
    """
    came: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        came.append(number)
        for signal_number in before:  # not by an exception: it would wait for NumPy to return
            signal.signal(signal_number, signal.SIG_DFL)
        os.write(2, STOPPING)  # not print: it may be that very function which the signal has interrupted

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handle)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
