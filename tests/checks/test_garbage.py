"""Results that make no sense are found to be wrong, without an exception of our own."""

from pathlib import Path

import pytest

from handgrad.checks import check_path
from tests.checks.mistakes import CODES, COURSES

NONSENSE = [
    "None",
    "3",
    "'a'",
    "(1, 2)",
    "[[1], [2, 3]]",
    "{}",
    "float('nan')",
    "[None]",
    "np.zeros((2, 2, 2, 2, 2))",
]
PLACES = [
    ("nn_layers", "nn_fc_layer", "return flat @ self.W.T + self.b"),
    ("nn_layers", "nn_fc_layer", "return dLdx.reshape(x.shape), dLdW, dLdb"),
    ("cs5242", "Dropout", "return in_grads * self.mask / (1 - self.ratio)"),
    ("cs5242", "SGD", "return params"),
    ("thu", "EuclideanLoss", "return (input - target) / len(input)"),
    ("cnn_lenet", "mlrloss", "return nll, g, wb[:-1] @ d, (scores.argmax(axis=0) == y).mean()"),
    ("Project3", "softmax", "return e / e.sum(axis=-1, keepdims=True)"),
    ("plain", "Tanh", "return dy * (1 - self.y**2)"),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize(("file", "name", "old"), PLACES, ids=lambda one: one[:20])
def test_nonsense_is_wrong(tmp_path: Path, file: str, name: str, old: str, nonsense: str) -> None:
    text = (CODES / f"{file}.py").read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / f"{file}.py"
    place.write_text(text.replace(old, f"return {nonsense}"), encoding="utf-8")
    found = check_path(f"{place}:{name}", COURSES[file])
    assert not found.ok
    assert name in str(found)
    assert found.as_json()["findings"][0]["evidence"]


EXITS = [
    "def linear_forward(x, w, b):\n    {stop}\n\n\ndef linear_backward(dy, cache):\n    {stop}\n",
    "class Linear:\n    def __init__(self, *sizes):\n        {stop}\n\n"
    "    def forward(self, x):\n        return x\n",
    "def cross_entropy(p, t):\n    {stop}\n",
    "class FCLayer:\n    def __init__(self, i, o, name='fc', initializer=None):\n        {stop}\n\n"
    "    def forward(self, inputs):\n        return inputs\n",
]


@pytest.mark.parametrize("text", EXITS)
def test_code_that_exits_is_wrong_and_ends_nobody_elses_process(tmp_path: Path, text: str) -> None:
    place = tmp_path / "quits.py"
    place.write_text("import sys\n\n\n" + text.format(stop="sys.exit(0)"), encoding="utf-8")
    found = check_path(str(place))
    assert not found.ok
    assert {finding.cause for finding in found.findings} == {"raises"}
    assert "SystemExit" in str(found)


@pytest.mark.parametrize("text", EXITS)
def test_an_interrupt_is_the_users(tmp_path: Path, text: str) -> None:
    place = tmp_path / "interrupted.py"
    place.write_text(text.format(stop="raise KeyboardInterrupt"), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        check_path(str(place))
