"""Run courses in full, keep what came out in docs/results, and print the table that the README shows.

    .venv/bin/python benchmarks/courses.py --run                        all five; half an hour
    .venv/bin/python benchmarks/courses.py --run thu hw5                some of them
    .venv/bin/python benchmarks/courses.py --run -- --data-dir DIR      what follows -- goes to `handgrad course run`
    .venv/bin/python benchmarks/courses.py                              only the table, from the records

A record is the report as Markdown, its figures, its numbers, and ``run.json``: date, machine, commit, data.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from handgrad.courses import course_names, find_course

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "docs" / "results"
HEADINGS = ("course", "what its document asks for", "what came out", "time of the whole run")


def record(name: str, extra: list[str]) -> None:
    """Run a course in a process of its own and keep its results."""
    with TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "handgrad", "course", "run", name, "--json", "--runs", runs, *extra]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        folder, kept = Path(json.loads(output.splitlines()[-1])["run"]), RECORDS / name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for file in ("report.md", "numbers.json"):
            shutil.copy(folder / file, kept)
        facts = json.loads((folder / "run.json").read_text()) | {"commit": commit()}
        (kept / "run.json").write_text(json.dumps(facts, indent=1) + "\n")
        (kept / "figures").mkdir()
        for figure in sorted((folder / "figures").glob("*.svg")):
            shutil.copy(figure, kept / "figures")
    print(f"{name}: {json.loads((kept / 'numbers.json').read_text())['seconds']:.0f} s", flush=True)


def commit() -> str:
    """Of the code that ran, with a word where it was changed since."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def numbers_of(name: str) -> dict[str, Any]:
    """What a course's run said, as its record keeps it."""
    numbers: dict[str, Any] = json.loads((RECORDS / name / "numbers.json").read_text())
    return numbers


def main() -> None:
    """Run what is asked for."""
    arguments, extra = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, extra = arguments[:cut], arguments[cut + 1 :]
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--run", nargs="*", metavar="COURSE")
    chosen = options.parse_args(arguments)
    if chosen.run is not None:
        for name in chosen.run or course_names():
            record(name, extra)


if __name__ == "__main__":
    main()
