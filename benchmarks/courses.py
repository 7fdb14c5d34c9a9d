"""Run courses in full, keep what came out in docs/results, and print the table that the README shows.

    .venv/bin/python benchmarks/courses.py --run                        all five; half an hour
    .venv/bin/python benchmarks/courses.py --run thu hw5                some of them
    .venv/bin/python benchmarks/courses.py --run -- --threads 1         what follows -- goes to the command
    .venv/bin/python benchmarks/courses.py --texts                      the reports anew, from their numbers
    .venv/bin/python benchmarks/courses.py                              only the table, from the records

A record is the report as Markdown, its figures, its numbers, and ``run.json``: date, machine, commit, data.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from handgrad.courses import course_names, find_course
from handgrad.courses.study import report_text

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "docs" / "results"
HEADINGS = ("course", "network", "its document", "here")
Pick = Callable[[dict[str, Any]], float]
ROWS: tuple[tuple[str, str, str, Pick], ...] = (
    ("hw5", "the CNN after two epochs", "over 90%", lambda n: n["training"]["test_accuracy"]),
    ("project3", "the MLP as stated", "90% is par", lambda n: n["mlp"]["test"]["stated"]["accuracy"]),
    ("project3", "an MLP of its size, improved", "a point for each percent more",
     lambda n: n["mlp"]["test"]["chosen"]["accuracy"]),
    ("project3", "the CNN as stated", "98% is par", lambda n: n["cnn"]["test"]["stated"]["accuracy"]),
    ("project3", "the CNN, improved", "a point for each percent more",
     lambda n: n["cnn"]["test"]["chosen"]["accuracy"]),
    ("cmu10601", "LeNet on a twentieth of the data", "above 97%",
     lambda n: n["training"]["twentieth"]["test_accuracy"]),
    ("cmu10601", "LeNet, 10,000 iterations", "about 99.1%, in several hours",
     lambda n: n["training"]["full"]["test_accuracy"]),
    ("thu", "Experiment 1", "0.983", lambda n: n["experiments"]["experiment1"]["test_accuracy"]),
    ("thu", "Experiment 2", "0.987", lambda n: n["experiments"]["experiment2"]["test_accuracy"]),
    ("thu", "the MLP", "0.983", lambda n: n["experiments"]["mlp"]["test_accuracy"]),
    ("cs5242", "MNISTNet after two epochs", "92.2% in its log", lambda n: n["runs"][0]["test_accuracy"]),
    ("cs5242", "the best network of its shape", "left open", lambda n: n["best"]["result"]["test_accuracy"]),
)  # fmt: skip


def record(name: str, extra: list[str], commit: str) -> None:
    """Run a course in a process of its own and keep its results, and the commit that they are of."""
    with TemporaryDirectory() as runs:
        command = [sys.executable, "-m", "handgrad", "course", "run", name, "--json", "--runs", runs, *extra]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        folder, kept = Path(json.loads(output.splitlines()[-1])["run"]), RECORDS / name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for file in ("report.md", "numbers.json"):
            shutil.copy(folder / file, kept)
        facts = json.loads((folder / "run.json").read_text()) | {"commit": commit}
        (kept / "run.json").write_text(json.dumps(facts, indent=1) + "\n")
        (kept / "figures").mkdir()
        for figure in sorted((folder / "figures").glob("*.svg")):
            shutil.copy(figure, kept / "figures")
    print(f"{name}: {json.loads((kept / 'numbers.json').read_text())['seconds']:.0f} s", flush=True)


def commit_now() -> str:
    """Of the code that ran, with a word where it was changed since."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()


def numbers_of(name: str) -> dict[str, Any]:
    """What a course's run said, as its record keeps it."""
    numbers: dict[str, Any] = json.loads((RECORDS / name / "numbers.json").read_text())
    return numbers


def table() -> str:
    """The README's table, in Markdown, from the records."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    numbers = {name: numbers_of(name) for name in course_names() if (RECORDS / name).exists()}
    for name, network, claim, pick in ROWS:
        if name in numbers:
            link = f"[`{name}`](docs/results/{name}/report.md)"
            lines.append(f"| {link} | {network} | {claim} | {pick(numbers[name]):.2%} |")
    return "\n".join(lines)


def main() -> None:
    """Run what is asked for, then print the table."""
    arguments, extra = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, extra = arguments[:cut], arguments[cut + 1 :]
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--run", nargs="*", metavar="COURSE")
    options.add_argument("--texts", action="store_true")
    chosen = options.parse_args(arguments)
    if chosen.run is not None:
        commit = commit_now()  # before the first record changes the tree
        for name in chosen.run or course_names():
            record(name, extra, commit)
    if chosen.texts:
        for name in course_names():
            (RECORDS / name / "report.md").write_text(report_text(find_course(name), RECORDS / name))
    print(table())


if __name__ == "__main__":
    main()
