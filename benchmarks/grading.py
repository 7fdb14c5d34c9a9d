"""How long a class takes: 200 submissions of hw5's functions, ten of which loop for ever.

    .venv/bin/python benchmarks/grading.py                          about 2 minutes
    .venv/bin/python benchmarks/grading.py --submissions 20 --loops 2
    .venv/bin/python benchmarks/grading.py --out benchmarks/grading.json

The submissions are a right solution in which one line is changed, another one from each to the next, so that
most need a diagnosis. `handgrad grade hw5 CLASS --rubric hw5-functions` is what is timed, as a command.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

from handgrad.bench.machine import look_at_machine
from tests.courses.solutions import filled

MISTAKES = (
    ("", ""),  # none
    ("dLdb = dLdy.sum(axis=(0, 2, 3))", "dLdb = dLdy.mean(axis=(0, 2, 3))"),
    ("self.W[:, :, ::-1, ::-1]", "self.W"),
    ("dLdy * (x > 0)", "dLdy * (dLdy > 0)"),
    ("np.exp(x - x.max(axis=1, keepdims=True))", "np.exp(x)"),
    ("dLdy.T.dot(x.reshape(len(x), -1))", "dLdy.T.dot(x.reshape(len(x), -1)) / len(x)"),
    ("-1 / (len(y) * own)", "-1 / own"),
    ("windows.argmax(axis=4)", "windows.argmin(axis=4)"),
    ("return np.maximum(x, 0)", "return np.abs(x)"),
    ("axes=([1, 4, 5], [0, 2, 3])", "axes=([1, 5, 4], [0, 2, 3])"),
)
LOOPS = (
    ("return np.maximum(x, 0)", "while True: pass"),
    ("dLdx = np.zeros(x.shape)", "while True: x = x + 1"),
    ("width, height = self.W.shape[2:]", "while True: width = 1"),
)


def make_class(folder: Path, submissions: int, loops: int) -> None:
    """Write the class."""
    filled("hw5", folder.parent / "solution")
    files = {
        path.name: path.read_text(encoding="utf-8") for path in (folder.parent / "solution").glob("*.py")
    }
    for number, (old, new) in zip(range(submissions), changes(loops), strict=False):
        own = folder / f"student-{number:03}"
        own.mkdir(parents=True)
        for name, text in files.items():
            (own / name).write_text(text.replace(old, new) if old else text, encoding="utf-8")


def changes(loops: int) -> Iterator[tuple[str, str]]:
    """One change for each submission: those that loop first."""
    endless = cycle(LOOPS)
    for _ in range(loops):
        yield next(endless)
    yield from cycle(MISTAKES)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--loops", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        group = Path(name) / "class"
        make_class(group, options.submissions, options.loops)
        command = [sys.executable, "-m", "handgrad", "grade", "hw5", str(group), "--rubric", "hw5-functions"]
        command += ["--jobs", str(options.jobs), "--to", str(Path(name) / "grades"), "--json"]
        start = time.perf_counter()
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        results = json.loads(ran.stdout.splitlines()[-1])["results"]
    full = sum(one["points"] == one["possible"] for one in results)
    record = {
        "submissions": len(results),
        "loops": options.loops,
        "jobs": options.jobs,
        "seconds": round(seconds, 1),
        "at full marks": full,
        "machine": look_at_machine(options.jobs, None).to_dict(),
    }
    print(f"{len(results)} submissions, {options.loops} without end, {options.jobs} jobs: {seconds:.0f} s")
    print(f"{full} at full marks")
    if options.out:
        options.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
