"""A check in a process of its own, with a time limit: what loops for ever, or ends the process, is told."""

import contextlib
import faulthandler
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handgrad.checks.files import check_path
from handgrad.checks.finding import Finding
from handgrad.checks.recognising import UnrecognisedError
from handgrad.errors import ArgumentError, DataError, HandgradError

PATIENCE = 5.0
"""Seconds that the child has to write down where it is, when its time is over."""

WHERE = getattr(signal, "SIGUSR1", None)
"""The signal that asks it to; where there is none, the line of a loop cannot be told."""

FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)')


@dataclass(frozen=True)
class Answer:
    """What came back from the child.

    Arguments:
        text: for people.
        json: for programs, as ``--json`` prints it.
    """

    text: str
    json: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return bool(self.json["ok"])


def check_in_child(path: str, course: str = "", timeout: float = 60.0) -> Answer:
    """`check_path` in a child process.

    Arguments:
        path: ``FILE.py:NAME``, a file, or a folder.
        course: whose style it has.
        timeout: seconds after which the child is stopped.

    Raises:
        ArgumentError: a time limit that is no number above 0; a course that is not known.
        DataError: a path or name that is not there, or a file that cannot be imported or is not recognised.
    """
    if not 0 < timeout < float("inf"):
        raise ArgumentError("--timeout", expected="seconds, above 0", got=str(timeout))
    with tempfile.TemporaryDirectory(prefix="handgrad-check-") as folder:
        results = Path(folder)
        order = {"path": path, "course": course, "timeout": timeout, "folder": folder}
        command = [sys.executable, "-c", "from handgrad.checks.child import main; main()"]
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, _import_path()))},
        ) as process:
            try:
                process.communicate(json.dumps(order).encode(), timeout)
            except subprocess.TimeoutExpired:
                _ask_where(process, results)
                _stop(process)
                return _endless(results, timeout, path)
            except BaseException:
                _stop(process)
                raise
        return _read(results, process.returncode, path)


def _import_path() -> list[str]:
    """So that the child finds this very package."""
    return [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]


def _ask_where(process: "subprocess.Popen[bytes]", results: Path) -> None:
    """Let the child write down which line it is on."""
    if WHERE is None or not (results / "where").exists():
        return  # it has not begun
    process.send_signal(WHERE)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None and not _text(results / "where"):
        time.sleep(0.02)
    time.sleep(0.02)  # the rest of what it writes


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """The child and whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()
    process.wait()


def _read(results: Path, code: int, path: str) -> Answer:
    try:
        found = json.loads((results / "answer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        signal = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return _broken("process-ended", f"the code ended the whole process {signal}", results, path)
    if "error" in found:
        kinds = {"ArgumentError": ArgumentError, "UnrecognisedError": UnrecognisedError}
        kind = kinds.get(found["kind"], DataError)
        raise kind(found["where"], expected=found["expected"], got=found["got"], hint=found["hint"])
    return Answer(found["text"], found["json"])


def _endless(results: Path, timeout: float, path: str) -> Answer:
    evidence = f"it did not come back within {timeout:g} seconds: a loop without an end, it seems"
    return _broken("endless-loop", evidence, results, path)


def _broken(cause: str, evidence: str, results: Path, path: str) -> Answer:
    """An answer without numbers: what was running, and on which line."""
    running = _text(results / "progress") or "the start of the process"
    piece, _, rest = running.partition(" as ")
    operation, _, case = rest.partition("; ")
    place = _place(_text(results / "where"), path)
    finding = Finding(
        operation,
        "import" if running.startswith("import ") else "forward",
        cause,
        evidence,
        case or running,
        piece,
    )
    lines = [f"{path}: WRONG", "", f"Cause: {cause}", f"Evidence: {evidence}.", f"While running: {running}"]
    number = 0
    if place is not None:
        number, text, name = place
        lines.append(f"Look at: {name}, line {number}: {text}")
    values = {**finding.as_json(), "line": number or None}
    return Answer("\n".join(lines), {"ok": False, "findings": [values], "checked": [], "notes": []})


def _place(trace: str, path: str) -> tuple[int, str, str] | None:
    """The innermost line of the student's own that the trace shows."""
    folder = Path(path.partition(".py:")[0]).resolve()
    folder = folder if folder.is_dir() else folder.parent
    for found in FRAME.finditer(trace):
        file = Path(found["file"])
        if folder in file.resolve().parents:
            number = int(found["line"])
            lines = _text(file).splitlines()
            return number, lines[number - 1].strip() if number <= len(lines) else "", file.name
    return None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def main() -> None:
    """The child: reads its order from standard input, writes its answer to the order's folder."""
    order = json.loads(sys.stdin.read())
    folder = Path(order["folder"])

    def progress(words: str) -> None:
        (folder / "progress").write_text(words, encoding="utf-8")

    where = (folder / "unready").open("w")  # stays open: the signal may come at any time
    if WHERE is not None:
        faulthandler.register(WHERE, file=where)
        (folder / "unready").rename(folder / "where")
    try:
        check = check_path(order["path"], order["course"], progress)
        found: dict[str, Any] = {"text": str(check), "json": check.as_json()}
    except HandgradError as error:
        parts = {"where": error.where, "expected": error.expected, "got": error.got, "hint": error.hint}
        found = {"error": True, "kind": type(error).__name__, **parts}
    unfinished = folder / "answer.part"
    unfinished.write_text(json.dumps(found), encoding="utf-8")
    unfinished.replace(folder / "answer.json")
