"""Help, versions, misspellings, and what becomes of errors that nobody foresaw."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad import __version__
from handgrad.cli import app as application
from handgrad.cli.app import COMMANDS
from tests.cli.commands import handgrad

EVERY_COMMAND = [
    *COMMANDS,
    *(f"course {name}" for name in ("list", "path", "data", "pack", "run")),
    *(f"data {name}" for name in ("fetch", "verify", "convert")),
]


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_help_teaches_by_an_example_and_fits_80_columns(command: str, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = handgrad(*command.split(), "--help")
    assert answer.code == 0
    assert f"Usage: handgrad {command}" in answer.out
    assert f"\n  handgrad {command}" in answer.out.split("Examples:")[1]
    lines = answer.out.splitlines()
    assert max(map(len, lines)) <= 80
    below = lines[lines.index("Examples:") :]
    assert max(map(len, below)) < 80  # a line of 80 would have been wrapped


def test_what_the_list_of_commands_says_is_what_each_command_says_of_itself() -> None:
    listed = handgrad("--help").out
    for name, summary in COMMANDS.items():
        module = importlib.import_module(f"handgrad.cli.{name}_command")
        assert module.run.__doc__.splitlines()[0] == summary
        assert summary in listed


def test_without_arguments_it_shows_where_to_start() -> None:
    answer = handgrad()
    assert (answer.code, answer.out) == (0, handgrad("--help").out)
    assert "handgrad train lenet " in answer.out


def test_help_imports_no_command() -> None:
    code = (
        "import sys; from handgrad.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(sorted(m for m in sys.modules if m.endswith('_command')))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["--version"], ["train", "--version"]])
def test_version(arguments: list[str]) -> None:
    assert handgrad(*arguments).out.strip() == __version__


def test_python_dash_m() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "handgrad", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == __version__


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, nowhere: Path) -> None:
    answer = handgrad("--install-completion", "--shell", shell, "--output", nowhere / "completion")
    assert answer.code == 0
    script = (nowhere / "completion").read_text()
    assert "evaluate" in script
    assert "batch-size" in script


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["trian"], 'Did you mean "train"?'),
        (["train", "lenet", "--epcohs", "3"], "Did you mean --epochs?"),
        (["data", "convrt"], 'Did you mean "convert"?'),
        (["train", "lenet", "mlp"], 'One argument too many: "mlp".'),
        (["export", "runs/x", "--to", "onx"], 'Did you mean "onnx"?'),
        (["train", "lenet", "--epochs", "three"], '"three"'),
        (["evaluate"], "RUN"),
    ],
)
def test_a_misspelt_command_line(arguments: list[str], says: str) -> None:
    answer = handgrad(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("handgrad: ")
    assert answer.err.count("\n") == 1
    assert says in answer.err


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(28, "No space left on device", "/disk/file"), 1, "/disk/file: No space left on device.\n"),
        (OSError("odd"), 1, "odd.\n"),
        (KeyboardInterrupt(), 130, "interrupted.\n"),
    ],
)
def test_errors_that_no_command_foresaw(monkeypatch, error: BaseException, code: int, says: str) -> None:
    def raises(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(application, "app", raises)
    answer = handgrad("recipes")
    assert (answer.code, answer.err) == (code, f"handgrad: {says}")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-u", "-m", "handgrad", "recipes", "lenet"]
    with os.fdopen(write) as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (141, "")
