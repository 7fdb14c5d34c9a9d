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
