"""What commands print: results on standard output, remarks on standard error."""

import json
import sys
from collections.abc import Mapping
from typing import Any

WIDE = 1000  # columns: more than any table needs


def say(text: str, *, quiet: bool = False) -> None:
    """A line of the result."""
    if not quiet:
        print(text, flush=True)


def warn(text: str) -> None:
    """A remark that must be seen, whatever the output goes into."""
    print(f"handgrad: {text}", file=sys.stderr, flush=True)


def last_line(values: Mapping[str, Any]) -> None:
    """The one JSON object that ``--json`` promises as the last line."""
    print(json.dumps(dict(values)), flush=True)


def table(title: str, headings: list[str], rows: list[list[str]], right: int = 0) -> None:
    """A table, as wide as it needs to be where the output is no terminal.

    Arguments:
        title: above it.
        headings: of the columns.
        rows: of texts.
        right: how many of the last columns are numbers.
    """
    from rich.console import Console
    from rich.table import Table

    drawn = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        numeric = position >= len(headings) - right
        drawn.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        console.print(drawn)
        return
    console = Console(highlight=False, markup=False, width=WIDE)
    with console.capture() as capture:
        console.print(drawn)
    for line in capture.get().splitlines():
        print(line.rstrip(), flush=True)
