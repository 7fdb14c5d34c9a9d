"""How a comparison looks while it runs: a table that grows, and in a terminal a bar below it."""

import sys
from typing import Any

from handgrad.cli.output import say
from handgrad.recipes.comparison import Comparison

HEADINGS = ("loss", "accuracy", "validation", "images/s", "largest difference")


class ComparisonTable:
    """Prints two lines for each record, one for each engine; in a terminal, how far it is.

    Arguments:
        total: steps of the whole comparison.
        engines: their names, ours first.
        quiet: show nothing.
    """

    def __init__(self, total: int, engines: tuple[str, str], *, quiet: bool) -> None:
        self.total, self.quiet = total, quiet
        self._step, self._name = max(4, len(f"{total:,}")), max(map(len, (*engines, "engine")))
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "ComparisonTable":
        loss, accuracy, validation, speed, difference = HEADINGS
        self._show(
            f"{'step':>{self._step}}  {'engine':<{self._name}}  {loss:>8}  {accuracy:>8}  {validation:>10}"
            f"  {speed:>8}  {difference}"
        )
        if not self.quiet and sys.stdout.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("step"),
                MofNCompleteColumn(),
                BarColumn(bar_width=None),
                TimeRemainingColumn(compact=True),
                TextColumn("left"),
                transient=True,
            )
            self._task = self._bar.add_task("", total=self.total)
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def turn(self, step: int) -> None:
        """Move the bar."""
        if self._bar:
            self._bar.update(self._task, completed=step)

    def record(self, record: Comparison) -> None:
        """Show a record."""
        step, tail = f"{record.step:,}", f"  {in_words(record)}"
        for name, side in record.sides.items():
            self._show(
                f"{step:>{self._step}}  {name:<{self._name}}  {side.loss:8.4f}  {side.accuracy:8.2%}"
                f"  {side.validation.accuracy:10.2%}  {side.images_per_second:8,.0f}{tail}"
            )
            step = tail = ""

    def _show(self, line: str) -> None:
        if self._bar:
            self._bar.console.print(line, highlight=False, markup=False, soft_wrap=True)
        else:
            say(line, quiet=self.quiet)


def in_words(record: Comparison) -> str:
    """By how much the two differ, and where."""
    return f"{record.difference:.1e} in {record.parameter}" if record.difference else "none"
