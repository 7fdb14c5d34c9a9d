"""The course's own scripts, in a process of their own, with only the course's folder on the path."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.hw5.files import write_data

ON_PATH = Path(hg.__file__).parent / "courses" / "hw5" / "on_path"
SCRIPT = Path(__file__).with_name("script.py")


def python(*arguments: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ON_PATH), "MPLBACKEND": "Agg"}
    environment["PYTHONWARNINGS"] = "ignore"  # of whatever plotting library is there
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def course_folder(tmp_path):
    splits = hg.load_digits().limit(train=800, validation=200, test=200)
    write_data(splits, tmp_path)
    return tmp_path


def test_the_course_s_script_runs_and_learns(course_folder):
    lines = python(str(SCRIPT), folder=course_folder).splitlines()
    assert lines[0] == "Training data shape:  (1000, 1, 28, 28)"
    assert lines[1] == "Test labels shape:  (200,)"
    assert lines.count("epoch number: 0") == lines.count("epoch number: 1") == 1
    losses = [float(line.split()[1]) for line in lines if line.startswith("loss ")]
    assert len(losses) == 4
    assert losses[-1] < losses[0] < np.log(10)
    assert sum(line.startswith("validation accuracy: ") for line in lines) == 4
    assert sum(line.startswith("batch accuracy: ") for line in lines) == 4
    name, _, accuracy = lines[-1].rpartition(" ")
    assert name == "total accuray"
    assert float(accuracy) > 0.85


def test_the_names_on_the_path_are_the_adapter_s(tmp_path):
    program = (
        "import nn_layers, hw5, sys\n"
        "print(sorted(name for name in vars(nn_layers) if name.startswith('nn_')))\n"
        "print(hw5.nn_mnist_classifier().fc1.W.shape)\n"
        "print([name for name in ('scipy', 'sklearn', 'PIL', 'llvmlite', 'torch', 'matplotlib') "
        "if name in sys.modules])\n"
    )
    names, shape, heavy = python("-c", program, folder=tmp_path).splitlines()
    kinds = ("activation", "convolutional", "cross_entropy", "fc", "max_pooling", "softmax")
    assert names == str([f"nn_{kind}_layer" for kind in kinds])
    assert shape == "(128, 4732)"
    assert heavy == "[]"
    assert list(tmp_path.iterdir()) == []
