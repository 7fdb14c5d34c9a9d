"""The command line as a test uses it: within this process, or as one of its own where signals are sent."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from handgrad.cli import main

ON_DIGITS = ("--data", "digits", "--threads", "1")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out.splitlines()[-1])


def handgrad(*arguments: object) -> Answer:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
    assert isinstance(code, int)
    return Answer(code, out.getvalue(), err.getvalue())


def train(*arguments: object, recipe: object = "mlp") -> dict[str, Any]:
    """A run on the digits that must succeed: its final figures."""
    answer = handgrad("train", recipe, *ON_DIGITS, "--json", *arguments)
    assert answer.code == 0, answer.err
    return answer.json


@contextmanager
def started(*arguments: object, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """``python -m handgrad`` in a process of its own, which is not left behind."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
    process = subprocess.Popen(
        [sys.executable, "-m", "handgrad", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
