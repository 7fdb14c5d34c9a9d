"""Points for accuracies, with the reason; what is taken away for training on the test set."""

import pytest

from handgrad.grading.importing import Violation
from handgrad.grading.leak import Leak
from handgrad.grading.outcome import TrainingOutcome
from handgrad.grading.rubric import PenaltyRule, TrainingRule
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.training_scoring import score_penalty, score_training

(HW5,) = find_rubric("hw5").trainings
MLP, CNN = find_rubric("project3").trainings
(LENET,) = find_rubric("cmu10601").trainings


@pytest.mark.parametrize(
    ("rule", "outcome", "points", "status", "reason"),
    [
        (HW5, TrainingOutcome(0.9312, 2, 1000, 500.2), 20, "passed",
            "93.12% of the test images are right after 2 epochs, 1,000 iterations, 500 seconds: "
            "20 points, given above 80%."),
        (HW5, TrainingOutcome(0.8), 6, "partly",
            "80.00% of the test images are right: 6 points, given from 20%; 20 points above 80%."),
        (HW5, TrainingOutcome(0.098, 0.31, seconds=7200, stopped="two hours had passed"), 2, "partly",
            "9.80% of the test images are right after 0.31 epochs, 7,200 seconds: 2 points, given from 0%; "
            "6 points from 20%. It ended early: two hours had passed."),
        (HW5, TrainingOutcome(None, stopped="forward stops with ValueError", cause="raises"), 2, "partly",
            "No accuracy: forward stops with ValueError. Handed in, but untrained: 2 points."),
        (MLP, TrainingOutcome(0.955, 1), 25.5, "passed",
            "95.50% of the test images are right after 1 epoch: 25.5 points, "
            "5.5 percentage points above the par of 90%."),
        (MLP, TrainingOutcome(0.9), 20, "passed",
            "90.00% of the test images are right: 20 points, exactly par."),
        (CNN, TrainingOutcome(0.97), 19, "partly",
            "97.00% of the test images are right: 19 points, 1 percentage point below the par of 98%."),
        (CNN, TrainingOutcome(0.5), 0, "failed",
            "50.00% of the test images are right: 0 points, 48 percentage points below the par of 98%; "
            "no more is lost below 78%."),
        (MLP, TrainingOutcome(None), 0, "failed", "No accuracy: it came to no accuracy."),
        (LENET, TrainingOutcome(0.3), 1, "partly",
            "30.00% of the test images are right: 1 point, given from 20%; 2 points from 90%."),
        (LENET, TrainingOutcome(0.1), 0, "failed",
            "10.00% of the test images are right: 0 points, below all bands; 1 point from 20%."),
        (LENET, None, 0, "not run", "It was not trained."),
    ],
)  # fmt: skip
def test_points_of_a_training(
    rule: TrainingRule, outcome: TrainingOutcome | None, points: float, status: str, reason: str
) -> None:
    item = score_training(rule, outcome, (), False)
    assert (item.points, item.possible, item.status) == (points, rule.points, status)
    assert item.reason == reason


def test_nothing_written_is_nothing_handed_in() -> None:
    item = score_training(HW5, TrainingOutcome(0.1), (), True)
    assert (item.points, item.status, item.cause) == (0, "open", "not-implemented")


def test_a_forbidden_import_makes_the_accuracy_worth_nothing() -> None:
    violation = Violation("hw5.py", 3, "import handgrad", "handgrad", "no", ("hw5",))
    item = score_training(HW5, TrainingOutcome(0.99), [violation], False)
    assert (item.points, item.status, item.cause) == (0, "failed", "import")
    assert "hw5.py, line 3: import handgrad: no." in item.reason


def test_twenty_points_less_for_training_on_the_test_set() -> None:
    rule = PenaltyRule("mlp-test-set", "T", 20, ["update_grad"])
    leak = Leak("Project3.py", 9, "net.update_grad(y)", "update_grad", 3, "x = np.load('test.npy')")
    item = score_penalty(rule, [leak, leak])
    assert (item.points, item.possible, item.status) == (-20, 0, "failed")
    assert item.reason.startswith(
        "Project3.py, line 9: net.update_grad(y): learns from test images, which line 3"
    )
    assert item.reason.endswith(" Also in 1 more place.")
    assert item.detail.count("\n") == 1


@pytest.mark.parametrize("calls", [["update_grad"], []])
def test_each_part_answers_for_its_own_network(calls: list[str]) -> None:
    leak = Leak("Project3.py", 9, "loss.backward()", "backward")
    item = score_penalty(PenaltyRule("a", "A", 20, calls), [leak])
    assert item.points == (0 if calls else -20)
    assert (
        score_penalty(PenaltyRule("a", "A", 20), []).reason == "The source shows no training on test images."
    )
