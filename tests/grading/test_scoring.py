"""A whole submission: five rubrics at full marks, at zero, and with what voids the rest."""

from dataclasses import replace

import pytest

from handgrad.grading.importing import Violation, find_violations
from handgrad.grading.leak import Leak
from handgrad.grading.outcome import CheckOutcome, TrainingOutcome
from handgrad.grading.result import Result
from handgrad.grading.rubric import ImportRule, Rubric
from handgrad.grading.rubric_reading import find_rubric, rubric_names
from handgrad.grading.scoring import score
from tests.grading.made_results import all_right, checked, finding, stopped


def trained(rubric: Rubric, accuracy: float = 1.0) -> dict[str, TrainingOutcome]:
    return {rule.name: TrainingOutcome(accuracy, 2) for rule in rubric.trainings}


def sums(rubric: Rubric, *given: object) -> tuple[float, float]:
    found = Result("a", rubric.course, rubric.name, score(rubric, *given))  # type: ignore[arg-type]
    return found.points, found.possible


@pytest.mark.parametrize("name", rubric_names())
def test_all_right_is_full_marks(name: str) -> None:
    rubric = find_rubric(name)
    points, possible = sums(rubric, all_right(rubric), trained(rubric, 0.985))
    assert possible == rubric.possible
    assert points == possible if name != "project3" else points == possible + 8.5 + 0.5


@pytest.mark.parametrize("name", rubric_names())
@pytest.mark.parametrize("state", ["open", "missing"])
def test_as_handed_out_is_zero_with_reasons(name: str, state: str) -> None:
    rubric = find_rubric(name)
    outcomes = {key: CheckOutcome(state) for key in rubric.pieces}  # type: ignore[arg-type]
    items = score(rubric, outcomes, trained(rubric, 0.1))
    assert Result("a", rubric.course, name, items).points == 0
    assert all(item.reason.endswith(".") and len(item.reason) > 10 for item in items)
    assert {item.status for item in items} <= {"open", "not run", "by hand", "passed"}
    assert score(rubric, {}, trained(rubric))[0].points == 0


def test_open_is_nothing_handed_in_but_one_try_is_something() -> None:
    rubric = find_rubric("hw5")
    zeros = [finding(what, "not-implemented") for what in ("forward", "dx", "dweight", "dbias")]
    outcomes = {key: checked(*zeros) for key in rubric.pieces}
    assert sums(rubric, outcomes, trained(rubric, 0.1)) == (0, 20)
    tried = {**outcomes, rubric.pieces[0]: checked(stopped("forward"))}
    assert sums(rubric, tried, trained(rubric, 0.1)) == (2, 20)
    half = {**outcomes, rubric.pieces[0]: checked(*zeros[1:])}
    assert sums(rubric, half, trained(rubric, 0.1)) == (2, 20)
    crashed = {key: CheckOutcome("stopped", reason="it stops at import") for key in rubric.pieces}
    assert sums(rubric, crashed, {"total-accuracy": TrainingOutcome(None)}) == (2, 20)


def test_items_are_the_rubric_s_lines_in_order() -> None:
    rubric = find_rubric("cmu10601")
    items = score(rubric, all_right(rubric), trained(rubric))
    assert [item.name for item in items] == [rule.name for rule in rubric.rules]
    by_hand = [item for item in items if item.status == "by hand"]
    assert [(item.name, item.points, item.possible) for item in by_hand] == [
        ("toy", 0, 12), ("q8", 0, 5), ("q9", 0, 7),
    ]  # fmt: skip
    assert by_hand[1].reason == "To be marked by hand: 20 images from each layer, in one figure."


def test_forward_and_backward_of_one_piece_are_two_questions() -> None:
    rubric = find_rubric("cmu10601")
    key = "cnn_lenet:pooling_layer_forward:max_pool2d"
    wrong = checked(finding("dx", operation="max_pool2d"), operation="max_pool2d", compared=("forward", "dx"))
    items = {item.name: item for item in score(rubric, {**all_right(rubric), key: wrong}, {})}
    assert (items["q1"].points, items["q4"].points) == (20, 0)
    assert items["q10"].status == "not run"


def test_a_forbidden_import_voids_what_it_reaches_and_is_told_first() -> None:
    rubric = find_rubric("cs5242")
    violations = find_violations({"layers.py": "import torch", "loss.py": "", "optimizers.py": ""}, rubric)
    items = score(rubric, all_right(rubric), trained(rubric), violations)
    assert items[0].name == "imports"
    assert items[0].reason == (
        "layers.py, line 1: import torch: the rubric forbids torch. What needs it does not count."
    )
    points = {item.name: item.points for item in items}
    assert points["convolution"] == points["mnistnet"] == 0
    assert (points["loss"], points["optimizers"]) == (6, 15)


def test_an_import_that_is_only_told() -> None:
    rubric = find_rubric("cs5242")
    rubric = replace(rubric, imports=ImportRule(forbidden=["torch"], void=False))
    violations = find_violations({"layers.py": "import torch\nimport torch.nn"}, rubric)
    items = score(rubric, all_right(rubric), trained(rubric), violations)
    assert sum(item.points for item in items) == 100
    assert items[0].reason.endswith(" Also in 1 more place. It is told, and costs nothing.")


def test_a_file_that_no_module_of_the_course_needs_voids_nothing() -> None:
    rubric = find_rubric("hw5")
    violation = Violation("plots.py", 1, "import handgrad", "handgrad", "no", ("plots",))
    items = score(rubric, all_right(rubric), trained(rubric), [violation])
    assert Result("a", "hw5", "hw5", items).points == 20


def test_torch_in_the_perceptron_costs_the_perceptron_only() -> None:
    rubric = find_rubric("project3")
    source = "import torch\nclass MLP:\n    def forward(self, x): return torch.sigmoid(x)"
    violations = find_violations({"Project3.py": source}, rubric)
    items = {item.name: item for item in score(rubric, all_right(rubric), trained(rubric, 0.98), violations)}
    assert items["gradients"].points == 0
    assert items["cnn-accuracy"].points == 20


def test_training_on_the_test_set_costs_twenty_points_of_its_part() -> None:
    rubric = find_rubric("project3")
    leak = Leak("Project3.py", 9, "loss.backward()", "backward")
    items = {item.name: item for item in score(rubric, all_right(rubric), trained(rubric, 0.9), (), [leak])}
    assert (items["mlp-test-set"].points, items["cnn-test-set"].points) == (0, -20)
    assert sum(item.points for item in items.values()) == 5 + 15 + 20 + 12 - 20
