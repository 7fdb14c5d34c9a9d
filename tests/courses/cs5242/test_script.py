"""A script written for the course, in a process of its own, with nothing but `on_path` in its way."""

import os
import re
import subprocess
import sys
from pathlib import Path

from handgrad.courses import cs5242
from handgrad.courses.cs5242.files import write_data
from tests.courses.cs5242.made import splits_of

SCRIPT = Path(__file__).with_name("script.py")
ON_PATH = Path(cs5242.__file__).with_name("on_path")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ON_PATH), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_courses_script_runs_unchanged(tmp_path):
    write_data(splits_of(96, 24, 20), tmp_path)
    (tmp_path / "assignment.py").write_text(SCRIPT.read_text())
    done = run(tmp_path, "assignment.py")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    number, small = r"\d+\.\d{5}", r"(?:\d\.\d+e-(?:09|1\d)|0\.0)"
    relative = r"Relative error \(<1e-6 will be fine\):  (?:0\.0|\d\.\d+e-\d\d)"
    gradient = [rf"Gradients to {name}: {small}" for name in ("inputs", "weights", "bias")]
    test, val = rf"Test accuracy={number}, loss={number}", rf"Validation accuracy: {number}, loss: {number}"
    told = rf"accuracy={number}, loss={number}, regularization loss= 0\.00\d+"
    epoch = [test, val, rf"Iteration 0:\t{told}", val, rf"Iteration 2:\t{told}"]
    expected = [
        *("<1e-8 will be fine", *gradient),
        *("<1e-8 will be fine", gradient[0]),
        *(relative, relative, relative),
        "Number of training images: 96",
        "Number of validation images: 24",
        "Number of testing images: 20",
        *("", "Four examples of training images:"),
        *("Epoch 0:", *epoch, "Epoch 1:", *epoch),
        r"\(6, 3\) \(4, 3\) \(2, 3\)",
    ]
    lines = done.stdout.splitlines()
    assert len(lines) == len(expected)
    for got, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern, got), (got, pattern)


def test_importing_prints_and_loads_nothing(tmp_path):
    names = ["layers", "loss", "optimizers", "initializers", "models", "applications"]
    names += ["utils.tools", "utils.check_grads", "utils.datasets"]
    heavy = ["scipy", "sklearn", "matplotlib", "llvmlite", "torch", "keras"]
    code = f"import sys, {', '.join(names)}; print([n for n in {heavy} if n in sys.modules])"
    done = run(tmp_path, "-c", code)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_each_module_has_the_names_of_the_course(tmp_path):
    names = {
        "layers": "Layer Convolution Pooling FCLayer ReLU Flatten Dropout Guassian Gaussian",
        "loss": "Loss SoftmaxCrossEntropy Regularization L2",
        "optimizers": "Optimizer SGD Adam RMSprop Adagrad",
        "initializers": "Initializer Guassian Gaussian Uniform Xavier MSRA",
        "models": "Model",
        "applications": "MNISTNet",
        "utils.tools": "rel_error",
        "utils.check_grads": "check_grads_layer",
        "utils.datasets": "MNIST",
    }
    code = "\n".join(f"from {module} import {', '.join(words.split())}" for module, words in names.items())
    done = run(tmp_path, "-c", code)
    assert (done.returncode, done.stderr) == (0, "")


def test_missing_data_names_the_command(tmp_path):
    done = run(tmp_path, "-c", "from utils.datasets import MNIST; MNIST().load()")
    assert "handgrad course data cs5242 ." in done.stderr
