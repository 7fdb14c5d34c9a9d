"""What `check_mine.py` says of functions that are wrong, in words."""

from pathlib import Path

import pytest

from tests.courses.handouts.alone import script
from tests.courses.solutions import filled

RIGHT = "return -np.mean("


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    filled("hw5", tmp_path)
    return tmp_path


def said(folder: Path, old: str, new: str, wanted: str) -> str:
    """What is said of one function once a line of the right solution is another."""
    file = folder / "nn_layers.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    done = script(folder, "check_mine.py", wanted)
    assert (done.returncode, done.stderr) == (1, "")
    assert "handgrad check . --course hw5" in done.stdout
    return done.stdout.splitlines()[0].split(maxsplit=1)[1]


def test_a_wrong_number(mine: Path) -> None:
    line = said(mine, RIGHT, "return -np.sum(", "cross_entropy_layer.forward")
    assert line == "WRONG: loss should be 0.804719, but it is 1.60944"


def test_wrong_numbers_of_an_array(mine: Path) -> None:
    line = said(mine, "dLdy * (x > 0)", "dLdy * (x < 0)", "activation_layer.backprop")
    assert line.startswith("WRONG: 80 of 80 numbers of dLdx are off, dLdx[0, 0, 0, 0] should be ")


def test_a_wrong_shape(mine: Path) -> None:
    line = said(mine, "dLdy.dot(self.W).reshape(x.shape)", "dLdy.dot(self.W)", "fc_layer.backprop")
    assert line == "WRONG: dLdx should have the shape (2, 2, 1, 2), but it has (2, 4)"


def test_nothing_at_all(mine: Path) -> None:
    line = said(mine, "return np.maximum(x, 0)", "pass", "activation_layer.forward")
    assert line.startswith("WRONG: y ")


def test_an_exception_names_the_line(mine: Path) -> None:
    line = said(mine, RIGHT, "return 1 / 0, np.mean(", "cross_entropy_layer.forward")
    number = next(
        position
        for position, text in enumerate((mine / "nn_layers.py").read_text().splitlines(), start=1)
        if "1 / 0" in text
    )
    assert line == f"stopped with ZeroDivisionError: division by zero (nn_layers.py, line {number})"


def test_not_a_number(mine: Path) -> None:
    line = said(mine, RIGHT, "return np.nan * np.mean(", "cross_entropy_layer.forward")
    assert line == "WRONG: loss should be 0.804719, but it is nan"


def test_no_return_at_all(mine: Path) -> None:
    line = said(mine, "return dLdy * (x > 0)", "dLdx = dLdy * (x > 0)", "activation_layer.backprop")
    assert line == "WRONG: dLdx is None: a return may be missing"


def test_fewer_results_than_asked_for(mine: Path) -> None:
    line = said(mine, ", dLdy.sum(axis=0)", "", "fc_layer.backprop")
    assert line.endswith("not enough values to unpack (expected 3, got 2) (by how many results it returns)")


def test_the_same_stop_is_told_once(mine: Path) -> None:
    file = mine / "nn_layers.py"
    file.write_text(file.read_text().replace("return np.maximum(x, 0)", "return np.maximum(x, 0"))
    done = script(mine, "check_mine.py", "layer.backprop")
    first, *others = [line.split(maxsplit=1)[1] for line in done.stdout.split("\n\n")[0].splitlines()]
    assert first.startswith("stopped with SyntaxError: '(' was never closed (nn_layers.py, line ")
    assert first.count("line") == 1
    assert set(others) == {"stopped, as above"}


def test_a_function_is_named_before_it_runs(mine: Path) -> None:
    file = mine / "nn_layers.py"
    file.write_text(file.read_text().replace("return np.maximum(x, 0)", "raise KeyboardInterrupt"))
    done = script(mine, "check_mine.py", "activation_layer.forward")
    assert done.stdout.strip() == "nn_layers:nn_activation_layer.forward"


@pytest.mark.parametrize(
    ("course", "name", "place"),
    [
        ("hw5", "train_hw5.py", "data/mnist.npz"),
        ("project3", "train_mlp.py", "Project3_Data"),
        ("cmu10601", "testLeNet.py", "mnist_all.mat"),
        ("thu", "run_cnn.py", "data/train-images-idx3-ubyte"),
        ("cs5242", "train_mnist.py", "data/mnist.npz"),
    ],
)
def test_a_training_without_its_data_says_so(tmp_path: Path, course: str, name: str, place: str) -> None:
    filled(course, tmp_path)
    done = script(tmp_path, name, "--quick")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert place in done.stderr
    assert "README.md" in done.stderr
