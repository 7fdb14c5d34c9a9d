"""Functions that were not written yet, and gradients that fit a wrong forward pass alone."""

from pathlib import Path

import pytest

from handgrad.checks import Check, check_path
from handgrad.checks.case import generator, other_numbers
from handgrad.checks.definitions import definitions_of


def checked(folder: Path, text: str, name: str = "nn_softmax_layer") -> Check:
    file = folder / "nn_layers.py"
    file.write_text(f"import numpy as np\n{text}", encoding="utf-8")
    return check_path(f"{file}:{name}", "hw5")


OPEN = """
class nn_softmax_layer:
    def forward(self, x):
        half = x.shape[1] // 2
        y = np.zeros(x.shape)
        return y
    def backprop(self, x, dLdy):
        return np.zeros_like(x)
"""

IDENTITY = """
class nn_activation_layer:
    def forward(self, x):
        return x
    def backprop(self, x, dLdy):
        return dLdy
"""

HALVED = """
class nn_softmax_layer:
    def forward(self, x):
        y = np.zeros(x.shape)
        y[:] = np.exp(x) // np.exp(x).sum(axis=1, keepdims=True)
        return y
    def backprop(self, x, dLdy):
        return np.zeros_like(x)
"""


def test_zeros_that_match_a_forward_pass_of_zeros_are_not_right(tmp_path: Path) -> None:
    found = checked(tmp_path, OPEN)
    assert {one.what: one.cause for one in found.findings} == {
        "forward": "not-implemented",
        "dx": "not-implemented",
    }
    assert found.pieces[0].of_own == ()


def test_a_gradient_of_another_forward_pass_is_told_apart(tmp_path: Path) -> None:
    found = checked(tmp_path, IDENTITY, name="nn_activation_layer")
    assert {one.what for one in found.findings} == {"forward"}
    assert found.pieces[0].of_own == ("dx",)


def test_zeros_that_were_divided_are_integer_division(tmp_path: Path) -> None:
    found = checked(tmp_path, HALVED)
    assert found.findings[0].cause == "integer-division"


def test_parameters_that_stay_are_an_update_that_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "optimizers.py"
    text = "class SGD:\n    def __init__(self, **_): pass\n    def update(self, params, grads, iteration):\n"
    file.write_text(f"{text}        return dict(params)\n", encoding="utf-8")
    found = check_path(f"{file}:SGD", "cs5242")
    assert {one.cause for one in found.findings} == {"not-implemented"}


def test_a_secret_makes_other_numbers_of_the_same_sizes() -> None:
    usual = generator("case", 1).random(3)
    with other_numbers("secret"):
        other, again = generator("case", 1).random(3), generator("case", 1).random(3)
    assert usual.tolist() == generator("case", 1).random(3).tolist()
    assert other.tolist() == again.tolist() != usual.tolist()


@pytest.mark.parametrize("text", ["def f(:", "\0", ""])
def test_a_file_that_cannot_be_parsed_defines_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(text, encoding="utf-8")
    assert definitions_of(file) == {}
    assert definitions_of(tmp_path / "missing.py") == {}


def test_definitions_have_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        "x = 1\n\n@staticmethod\ndef f():\n    return 2\n\nclass A:\n    pass\n", encoding="utf-8"
    )
    found = definitions_of(file)
    assert (found["f"].first, found["f"].lines) == (3, ("@staticmethod\n", "def f():\n", "    return 2\n"))
    assert (found["A"].first, found["A"].is_function) == (7, False)
