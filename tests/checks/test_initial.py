from pathlib import Path

import pytest

from handgrad.checks import check_path

MLP = """
import numpy as np
class MLP:
    def __init__(self):
        self.W1 = {weights}(64, 784)
        self.b1 = {biases}(64)
        self.W2 = {weights}(10, 64)
        self.b2 = {biases}(10)
normal = lambda *shape: np.random.normal(0, 0.1, shape)
wide = lambda *shape: np.random.randn(*shape)
even = lambda *shape: np.random.uniform(-np.sqrt(0.03), np.sqrt(0.03), shape)
shifted = lambda *shape: 0.02 + np.random.normal(0, 0.1, shape)
column = lambda n: np.zeros((n, 1))
nothing = lambda *shape: np.full(shape, np.nan)
"""


def evidence(folder: Path, weights: str, biases: str) -> list[tuple[str, str]]:
    file = folder / "Project3.py"
    file.write_text(MLP.format(weights=weights, biases=biases), encoding="utf-8")
    pieces = check_path(f"{file}:MLP", "project3").pieces
    first = next(piece for piece in pieces if piece.operation == "initial_values")
    return [(finding.cause, finding.evidence) for finding in first.findings]


@pytest.mark.parametrize("biases", ["np.zeros", "column"])
def test_gaussian_weights_and_no_biases_are_right(tmp_path: Path, biases: str) -> None:
    assert evidence(tmp_path, "normal", biases) == []


@pytest.mark.parametrize(
    ("weights", "biases", "words"),
    [
        ("wide", "np.zeros", "W1 has the deviation 0.99"),
        ("even", "np.zeros", "not Gaussian about 0"),
        ("shifted", "np.zeros", "not Gaussian about 0"),
        ("normal", "normal", "b1 is not zeros"),
        ("normal", "np.ones", "b1 is not zeros"),
        ("nothing", "np.zeros", "nan"),
    ],
)
def test_others_are_told(tmp_path: Path, weights: str, biases: str, words: str) -> None:
    ((cause, told),) = evidence(tmp_path, weights, biases)
    assert cause == "wrong-initial-values"
    assert words in told
