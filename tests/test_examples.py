"""Every example runs as a user would run it, and reaches what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))


def run(path, tmp_path):
    command = [sys.executable, "-W", "error", "-W", "ignore:no kernel for", str(path)]
    environment = {**os.environ, "HANDGRAD_THREADS": "1"}  # tests may run beside each other
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_and_reaches_its_target(path, tmp_path):
    done = run(path, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    accuracies = [float(found) for found in re.findall(r"([\d.]+)%", done.stdout)]
    assert accuracies
    assert list(tmp_path.iterdir()) == []  # nothing is left in the folder of the user


def test_the_two_that_the_readme_names_are_there():
    assert {"first_network.py", "own_layer.py"} <= {path.name for path in EXAMPLES}


def test_an_example_fails_if_its_accuracy_does(tmp_path):
    text = (EXAMPLES[0].parent / "own_layer.py").read_text()
    spoilt = text.replace("dy * (s + self.beta.value * slope)", "-dy * (s + self.beta.value * slope)")
    assert spoilt != text
    path = tmp_path / "own_layer.py"
    path.write_text(spoilt.replace("epochs=6", "epochs=1"))
    done = run(path, tmp_path)
    assert done.returncode == 1
    assert "test accuracy" in done.stdout
