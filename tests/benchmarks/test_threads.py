import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import threads
from handgrad.recipes import find_recipe

SCRIPT = Path(threads.__file__)


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(SCRIPT), *words], capture_output=True, text=True, cwd=folder, check=False
    )


def test_turns_alternate_and_ratios_are_of_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that becomes ten times slower after the first round."""
    recipe = find_recipe("mlp")
    recipe = replace(recipe, train=replace(recipe.train, batch_size=20))
    took, order = iter([2.0, 1.0, 20.0, 12.5, 30.0, 15.0]), []

    def timed(call: object, seconds: float) -> float:
        order.append(call)
        return next(took)

    monkeypatch.setattr(threads, "time_call", timed)
    found = threads.measure(recipe, 2, 3)
    assert order[::2] == [order[0]] * 3
    assert order[1::2] == [order[1]] * 3
    assert order[0] != order[1]
    assert found["seconds"] == {"1": [2.0, 20.0, 30.0], "2": [1.0, 12.5, 15.0]}
    assert found["ratio"] == {"median": 2.0, "low": 1.6, "high": 2.0}


@pytest.mark.parametrize(
    ("median", "count", "end"),
    [(1.8, 2, "1.80 times as fast as one (1.50 to 3.00): at least 1.8"),
     (1.7999, 2, "1.79 times as fast as one (1.50 to 3.00): below 1.8"),
     (1.2, 4, "1.20 times as fast as one (1.50 to 3.00)")],
)  # fmt: skip
def test_the_verdict(median: float, count: int, end: str) -> None:
    found = {"ratio": {"median": median, "low": 1.5, "high": 3.0}}
    assert threads.verdict(found, count) == f"{count} threads are {end}"


def test_a_small_measurement_from_beginning_to_end(tmp_path: Path) -> None:
    words = ["--recipe", "thu-cnn1", "--rounds", "1", "--threads", "2", "--json", "--out", "threads.json"]
    done = run(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == json.loads((tmp_path / "threads.json").read_text())
    assert list(found["seconds"]) == ["1", "2"]
    assert all(len(own) == 1 and 0 < own[0] < 10 for own in found["seconds"].values())
    assert found["ratio"]["median"] == found["seconds"]["1"][0] / found["seconds"]["2"][0]
    assert "2 threads are " in done.stdout


def test_one_thread_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    done = run(tmp_path, "--threads", "1")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "expected 2 or more, beside one alone, got 1" in done.stderr
