"""A network that is built of a wrong layer."""

from pathlib import Path

from handgrad.checks import Check, check_path
from tests.courses.solutions import filled


def checked(folder: Path, course: str, file: str, old: str, new: str) -> Check:
    filled(course, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return check_path(str(folder), course)


def test_what_is_wrong_with_a_layer_is_not_looked_for_in_what_is_built_of_it(tmp_path: Path) -> None:
    found = checked(tmp_path, "hw5", "nn_layers.py", "dLdy * (x > 0)", "dLdy * (x > 0.3)")
    pieces = {piece.name: piece.findings for piece in found.pieces}
    assert {one.cause for one in pieces["nn_mnist_classifier"]} == {"built-of-a-wrong-layer"}
    assert "nn_activation_layer, which is wrong: begin there" in pieces["nn_mnist_classifier"][0].evidence
    assert pieces["nn_activation_layer"]
    assert "built-of-a-wrong-layer" not in {one.cause for one in pieces["nn_activation_layer"]}


def test_a_network_of_right_layers_has_its_own_mistakes(tmp_path: Path) -> None:
    found = checked(tmp_path, "hw5", "hw5.py", "d = self.act_2.backprop(fc1, d)", "d = d * 0.7")
    causes = {finding.cause for finding in found.findings}
    assert causes == {"unexplained"}
