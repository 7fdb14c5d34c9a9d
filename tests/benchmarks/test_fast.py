"""The race itself, on noise: with `--seeds 1`, in seconds."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.made_images import write_noise

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fast.py"
RECIPE = """
name = "tiny"

[network]
layers = ["Flatten()", "Linear(784, 10)"]

[optimizer]
type = "SGD"
lr = 0.01

[train]
epochs = 1
batch_size = 64
"""


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--threads", "1", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)


def test_a_small_race_from_beginning_to_end(tmp_path: Path) -> None:
    write_noise(tmp_path / "data", train=300, test=100)
    (tmp_path / "tiny.toml").write_text(RECIPE)
    places = ("--data-dir", "data", "--no-verify", "--recipe", "tiny.toml", "--out", "fast.json")
    done = run(tmp_path, "--seeds", "1", "--train-images", "256", "--json", *places)
    assert done.returncode == 0, done.stderr
    *text, last = done.stdout.splitlines()
    found = json.loads(last)
    assert found == json.loads((tmp_path / "fast.json").read_text())
    titles = ["handgrad"]
    if find_spec("torch"):
        titles += ["PyTorch default", "PyTorch channels-last"]
    assert [side["title"] for side in found["sides"]] == titles
    for side in found["sides"]:
        (training,) = side["trainings"]
        assert training["seed"] == 0
        assert training["images"] == 100
        assert training["accuracy"] == training["correct"] / 100 < 0.5
        assert training["seconds"] > 0
    assert found["cold_seconds"] > 0
    assert found["verdict"]["accurate"] is False
    assert (found["verdict"]["ratio"] is None) == (len(titles) == 1)
    assert found["data"]["train_images"] == 256
    assert found["recipe"]["name"] == "tiny"
    assert sum(line.startswith("0  ") for line in text) == 1
    assert sum("missed" in line for line in text) >= 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "fast.json", "tiny.toml"]


def test_a_mistake_is_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "--recipe", "lenett")
    assert done.returncode == 1
    assert done.stderr.startswith("handgrad: recipe: expected one of")
    assert "did you mean lenet" in done.stderr
