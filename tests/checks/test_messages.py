"""What is said of mistakes that leave no numbers, or that are told twice."""

from pathlib import Path

import pytest

from handgrad.checks import check_path
from handgrad.checks.finding import Finding
from handgrad.checks.lines import VELOCITY
from handgrad.courses import find_course
from tests.checks.mistakes import CODES
from tests.courses.solutions import filled

RETURN = "return dLdx, dLdW, dLdb"
RELU = """
class nn_activation_layer:
    def forward(self, x):
        return {}
    def backprop(self, x, dLdy):
        {}
"""
ROWS = """
class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W, self.b = np.zeros((output_size, input_size)), np.zeros(output_size)
    def set_weights(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        return x.reshape(len(x), -1) @ self.W.T + self.b
    def backprop(self, x, dLdy):
        return (dLdy @ self.W).reshape(x.shape), dLdy.T @ x, dLdy.sum(axis=0)
"""


def layers(folder: Path, text: str) -> str:
    file = folder / "nn_layers.py"
    file.write_text(f"import numpy as np\n{text}", encoding="utf-8")
    return str(file)


def convolution(folder: Path, returned: str) -> tuple[Finding, ...]:
    text = (CODES / "nn_layers.py").read_text(encoding="utf-8")
    assert RETURN in text
    file = layers(folder, text.replace(RETURN, returned, 1))
    return check_path(f"{file}:nn_convolutional_layer", "hw5").findings


def test_a_forgotten_return_is_told_as_one(tmp_path: Path) -> None:
    file = layers(tmp_path, RELU.format("np.maximum(x, 0)", "dLdx = dLdy * (x > 0)"))
    (finding,) = check_path(file, "hw5").findings
    assert finding.cause == "nothing-returned"
    assert finding.evidence == "dx is None: a return, or an assignment, may be missing"


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("return dLdW, dLdb", "too few results: 2 are returned, not 3 (dx, dweight, dbias)"),
        ("return dLdx", "too few results: 1 is returned, not 3 (dx, dweight, dbias)"),
        ("return dLdx, dLdW, dLdb, 0", "too many results: 4 are returned, not 3 (dx, dweight, dbias)"),
    ],
)
def test_a_wrong_number_of_results_is_told_in_words(tmp_path: Path, returned: str, told: str) -> None:
    found = convolution(tmp_path, returned)[0]
    assert found.evidence == f"backward stops with {told}"
    assert "def backprop" in found.text


def test_nothing_returned_where_three_results_are_asked_for(tmp_path: Path) -> None:
    told = {one.what: one.cause for one in convolution(tmp_path, "pass")}
    assert told == dict.fromkeys(("dx", "dweight", "dbias"), "nothing-returned")


def test_maps_that_are_not_flattened(tmp_path: Path) -> None:
    (finding,) = check_path(layers(tmp_path, ROWS), "hw5").findings
    assert (finding.what, finding.cause) == ("dweight", "input-not-flattened")


def submission(folder: Path, module: str, old: str, new: str) -> str:
    filled("hw5", folder)
    file = folder / f"{module}.py"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(check_path(str(folder), "hw5"))


def test_a_network_of_wrong_layers_is_not_blamed(tmp_path: Path) -> None:
    text = submission(tmp_path, "nn_layers", "dLdy.sum(axis=0)", "dLdy.mean(axis=0)")
    assert "Cause: gradient-divided-by-batch (in dbias)" in text
    assert "unexplained" not in text
    assert (
        "- nn_mnist_classifier, W1, W3, b1, b3: it is built of nn_fc_layer, which is wrong: begin there."
        in text
    )


def test_nor_where_it_stops_because_of_them(tmp_path: Path) -> None:
    text = submission(tmp_path, "nn_layers", "dLdy.T.dot(x.reshape(len(x), -1))", "dLdy.T @ x")
    assert "Cause: input-not-flattened (in dweight)" in text
    assert "- nn_mnist_classifier, forward: it is built of nn_fc_layer, which is wrong: begin there." in text


def test_a_network_of_right_layers_is_and_its_numbers_begin_where_they_are_wrong(tmp_path: Path) -> None:
    text = submission(tmp_path, "hw5", "-self.lr * v_w", "-0.3 * v_w")
    assert "built of" not in text
    assert "W1 expected = (3, 28, 1, 3, 3), from [" in text


def test_what_is_not_written_is_not_called_wrong(tmp_path: Path) -> None:
    file = layers(tmp_path, RELU.format("np.zeros(x.shape)", "return np.zeros(x.shape)"))
    told = str(check_path(file, "hw5"))
    assert told.startswith("nn_activation_layer: recognised as relu; not written yet, it seems: forward, dx")


def test_what_is_open_is_told_once(tmp_path: Path) -> None:
    find_course("hw5").handout(tmp_path)
    text = str(check_path(str(tmp_path), "hw5"))
    assert text.count("not written yet, it seems: ") == 7
    assert "Also:" not in text


def test_a_velocity_is_a_word_of_its_own() -> None:
    assert VELOCITY.search("self.v_w = a * self.v_w + g")
    assert not VELOCITY.search("_, self.dw = self.conv_layer_1.backprop(x, d)")
