"""A script written for the course, in a process of its own, with nothing but `on_path` in its way."""

import os
import re
import subprocess
import sys
from pathlib import Path

from handgrad.courses import thu
from handgrad.courses.thu.files import write_data
from tests.courses.thu.pictures import splits_of

SCRIPT = Path(__file__).with_name("script.py")
ON_PATH = Path(thu.__file__).with_name("on_path")
CLOCK = r"\d\d:\d\d:\d\d\.\d{3} "


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ON_PATH), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_courses_script_runs_unchanged_and_learns(tmp_path):
    write_data(splits_of(150, 50, 40), tmp_path)
    (tmp_path / "run_cnn.py").write_text(SCRIPT.read_text())
    done = run(tmp_path, "run_cnn.py")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    epoch = [r"Training @ {} epoch\.\.\."] + [
        r"  Training iter \d+, batch loss \d\.\d{{4}}, batch acc \d\.\d{{4}}"
    ] * 4
    tested = [r"Testing @ {} epoch\.\.\.", r"    Testing, total mean loss \d\.\d{{5}}, total acc \d\.\d{{5}}"]
    expected = [p.format(n) for n in range(3) for p in [*epoch, *(tested if n != 1 else [])]]
    assert len(lines) == len(expected) + 2
    for line, pattern in zip(lines, expected, strict=False):
        assert re.fullmatch(CLOCK + pattern, line), line
    assert lines[-2:] == ["first convolution after ReLU: (2, 3, 28, 28) True", "parameters: 2143"]
    accuracies = [float(line.rsplit(" ", 1)[1]) for line in lines if "total acc" in line]
    assert accuracies[-1] > 0.9  # ten bars at ten heights
    assert accuracies[-1] >= accuracies[0]


def test_importing_prints_and_loads_nothing(tmp_path):
    names = ["layers", "functions", "loss", "network", "solve_net", "load_data", "utils"]
    heavy = ["scipy", "sklearn", "matplotlib", "llvmlite", "torch"]
    code = f"import sys, {', '.join(names)}; print([n for n in {heavy} if n in sys.modules])"
    done = run(tmp_path, "-c", code)
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []


def test_each_module_has_the_names_of_the_course(tmp_path):
    names = {
        "functions": "conv2d_forward conv2d_backward avgpool2d_forward avgpool2d_backward",
        "layers": "Layer Relu Sigmoid Linear Reshape Conv2D AvgPool2D",
        "loss": "EuclideanLoss SoftmaxCrossEntropyLoss",
        "network": "Network",
        "solve_net": "data_iterator train_net test_net",
        "load_data": "load_mnist_4d",
        "utils": "LOG_INFO onehot_encoding calculate_acc",
    }
    code = "".join(f"from {module} import {', '.join(found.split())}\n" for module, found in names.items())
    assert run(tmp_path, "-c", code).stderr == ""
    assert {name for found in names.values() for name in found.split()} == set(thu.__all__)


def test_a_missing_data_file_names_the_command(tmp_path):
    done = run(tmp_path, "-c", "from load_data import load_mnist_4d; load_mnist_4d('data')")
    assert "handgrad course data thu" in done.stderr
