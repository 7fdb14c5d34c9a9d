"""The course's own script, run as a student runs it."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad.courses import find_course
from handgrad.courses.cmu10601 import cnn_lenet
from handgrad.courses.cmu10601.files import write_data
from tests.courses.cmu10601.made import digits

SCRIPT = Path(__file__).with_name("script.py")
LINE = re.compile(r"cost = \d+\.\d{6} training_percent = [01]\.\d{6}")


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(find_course("cmu10601").folder), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("above", [False, True], ids=["data beside it", "data in the folder above"])
def test_the_script_runs_and_learns(tmp_path, above):
    work = tmp_path / "work"
    work.mkdir()
    write_data(digits(), tmp_path if above else work)
    if above:  # finding the file is all that differs
        done = run(["-c", "import cnn_lenet; print(cnn_lenet.load_mnist(False)[0].shape)"], work)
        assert (done.returncode, done.stdout) == (0, "(784, 30)\n"), done.stderr
        return
    done = run([str(SCRIPT)], work)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    costs = [line for line in lines if LINE.fullmatch(line)]
    tests = [
        float(line.removeprefix("test accuracy: ")) for line in lines if line.startswith("test accuracy")
    ]
    assert len(costs) >= 3
    assert len(tests) == 2
    assert len(lines) == len(costs) + 3 * len(tests)
    assert tests[1] > 0.7
    with (work / "lenet.mat").open("rb") as stream:
        assert pickle.load(stream)[1]["w"].shape == (25, 6)


def test_importing_prints_and_loads_nothing(tmp_path):
    done = run(
        ["-c", "import sys, cnn_lenet; print('scipy' in sys.modules, 'matplotlib' in sys.modules)"], tmp_path
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "False False\n", "")


def test_the_folder_gives_every_name_and_no_other(tmp_path):
    done = run(["-c", "import cnn_lenet; print(*sorted(cnn_lenet.__all__))"], tmp_path)
    assert done.stdout.split() == sorted(cnn_lenet.__all__)
    package = __import__("handgrad.courses.cmu10601", fromlist=["cnn_lenet"])
    assert all(getattr(package, name) is getattr(cnn_lenet, name) for name in cnn_lenet.__all__)
    assert sorted(package.__all__) == sorted(cnn_lenet.__all__)


def test_without_the_data_it_says_how_to_get_them(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    done = run(["-c", "import cnn_lenet; cnn_lenet.load_mnist()"], work)
    assert done.returncode == 1
    assert "handgrad course data cmu10601" in done.stderr.splitlines()[-1]
