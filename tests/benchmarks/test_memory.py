import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import memory
from benchmarks.memory import in_a_process, noise, verdict

SCRIPT = Path(memory.__file__)


def test_noise_is_the_same_for_everyone() -> None:
    images, labels = noise(50, 3)
    assert (images.shape, images.dtype) == ((50, 28, 28), np.uint8)
    assert (labels.shape, labels.dtype) == ((50,), np.int64)
    again, _ = noise(50, 3)
    np.testing.assert_array_equal(images, again)
    assert np.any(noise(50, 4)[0] != images)


@pytest.mark.parametrize(
    ("ours", "words"),
    [(100, "50% of PyTorch's memory: below it"), (200, "100% of PyTorch's memory: not below it")],
)
def test_the_verdict(ours: int, words: str) -> None:
    found = {"compiled, first run": 300, "compiled": ours, "reference": 5, "PyTorch": 200}
    assert verdict(found) == f"compiled needs {words}"


def test_without_pytorch_there_is_none() -> None:
    assert verdict({"compiled": 100}) == "no PyTorch to compare it with"


def test_each_measurement_has_a_process_of_its_own() -> None:
    import os

    assert len({os.getpid(), in_a_process(os.getpid), in_a_process(os.getpid)}) == 3


def test_a_small_measurement_from_beginning_to_end(tmp_path: Path) -> None:
    words = ["--steps", "1", "--train-images", "130", "--threads", "1", "--json", "--out", "memory.json"]
    command = [sys.executable, str(SCRIPT), *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == json.loads((tmp_path / "memory.json").read_text())
    sides = ["compiled, first run", "compiled", "reference", *(["PyTorch"] if find_spec("torch") else [])]
    assert list(found["peak_memory"]) == sides
    assert all(30e6 < size < 3e9 for size in found["peak_memory"].values())
    assert found["peak_memory"]["compiled"] < found["peak_memory"]["compiled, first run"]
    assert (found["train_images"], found["test_images"], found["steps"]) == (130, 22, 1)
    assert list(tmp_path.iterdir()) == [tmp_path / "memory.json"]


def test_a_process_imports_only_what_its_side_uses() -> None:
    code = "import sys, benchmarks.memory; print({'numpy', 'handgrad', 'torch'} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=SCRIPT.parents[1], check=True)
    assert done.stdout == "set()\n"
