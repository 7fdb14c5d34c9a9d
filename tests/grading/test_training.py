import numpy as np
import pytest

from handgrad.data import Dataset, Splits, load_digits, shuffled_indices
from handgrad.errors import DataError
from handgrad.grading.rules import RULES, Rule, rule_from
from handgrad.grading.training import ChildError, TimeUpError, train
from tests.grading.children import Child, Clock, answering, failing
from tests.grading.in_process import InProcess, adapter

RULE = Rule("classifier", batch_size=10, epochs=2, seconds=100, seed=3, settings={"lr": 0.5})
FIRST, SECOND, THIRD = "start step step step epoch", "predict step step step epoch", "predict predict predict"


def part(count, wrong=0):
    """Images whose first pixel is the digit and whose last tells them apart."""
    labels = np.arange(count) % 10
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0], images[:, -1, -1], images[:, -1, -2] = (
        labels,
        np.arange(count) % 256,
        np.arange(count) // 256,
    )
    labels[:wrong] = (labels[:wrong] + 1) % 10
    return Dataset(images, labels, classes=10)


SPLITS = Splits(part(35), part(20, wrong=10), part(600, wrong=150))


def trained(rule=RULE, splits=SPLITS, child=None, **takes):
    clock = Clock()
    child = child(clock) if child else Child(clock, **takes)
    return child, train(child, rule, splits, clock)


def test_the_whole_rule_step_by_step():
    child, outcome = trained(step=2.0)
    assert " ".join(child.calls) == f"{FIRST} {SECOND} {THIRD}"
    assert child.started == ("classifier", {"lr": 0.5, "seed": 3})
    assert outcome.accuracy == 0.75
    assert (outcome.steps, outcome.epochs, outcome.seconds, outcome.stopped) == (6, 2.0, 12.0, "")
    assert [point["step"] for point in outcome.curve] == [3, 6]
    assert [point["validation"] for point in outcome.curve] == [0.5, 0.5]
    assert outcome.curve[0]["loss"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert outcome.curve[1]["loss"] == pytest.approx((1 / 4 + 1 / 5 + 1 / 6) / 3)


def test_batches_are_bytes_in_an_order_of_the_parents():
    child, _ = trained()
    for epoch in (0, 1):
        order = shuffled_indices(35, seed=3, epoch=epoch)
        for place in range(3):
            x, y = child.batches[3 * epoch + place]
            chosen = order[10 * place : 10 * place + 10]
            assert x.dtype == np.uint8
            assert np.array_equal(x, SPLITS.train.images[chosen])
            assert np.array_equal(y, SPLITS.train.labels[chosen])


def test_images_with_a_channel_axis_are_given_without_it():
    channels = [
        Dataset(item.images[:, None], item.labels, classes=10) for item in (SPLITS.train, part(20), part(30))
    ]
    child, outcome = trained(splits=Splits(*channels))
    assert {x.shape for x, _ in child.batches} == {(10, 28, 28)}
    assert outcome.accuracy == 1


def test_the_child_is_given_no_label_that_it_is_asked_for():
    child, _ = trained()
    learnt = {tuple(map(int, pair)) for x, y in child.batches for pair in zip(x[:, -1, -1], y, strict=True)}
    assert learnt <= {(place, int(label)) for place, label in enumerate(SPLITS.train.labels)}
    assert [len(x) for x in child.asked] == [20, 20, 500, 100]
    assert all(x.shape[1:] == (28, 28) and x.dtype == np.uint8 for x in child.asked)
    test = np.concatenate(child.asked[2:])
    assert np.array_equal(test, SPLITS.test.images)
    assert not any(np.shares_memory(x, SPLITS.test.images) for x in child.asked)


def test_with_a_real_trainer_no_array_holds_the_test_labels():
    splits = load_digits().limit(train=60)
    child = InProcess(adapter("thu-mlp"))
    train(child, rule_from({"protocol": "thu-mlp", "batch_size": 20, "epochs": 1}), splits)
    labels = [array for given in child.given for array in given[1:]]
    assert sum(map(len, labels)) == 60
    assert sorted(np.concatenate(labels)) == sorted(splits.train.labels)


def test_images_are_limited_as_the_rule_says():
    child, outcome = trained(Rule("mlp", batch_size=5, iterations=7, train_images=20, validation_images=8))
    assert len(child.batches) == outcome.steps == 7
    assert outcome.epochs == 7 / 4
    assert {int(place) for x, _ in child.batches for place in x[:, -1, -1]} == set(range(20))
    assert [len(x) for x in child.asked] == [8, 8, 500, 100]
    assert [point["step"] for point in outcome.curve] == [4, 7]
    assert child.calls.count("epoch") == 1


def test_when_its_time_is_up_it_is_tested_with_what_it_learnt():
    child, outcome = trained(start=10, step=30)
    assert (outcome.steps, outcome.seconds, outcome.stopped) == (3, 100, "time")
    child, outcome = trained(start=11, step=20)
    assert (outcome.steps, outcome.epochs, outcome.seconds) == (5, 5 / 3, 111)
    assert (outcome.stopped, outcome.accuracy) == ("time", 0.75)
    assert [point["step"] for point in outcome.curve] == [3, 5]
    assert child.calls[-3:] == ["predict"] * 3


def test_predictions_are_not_made_in_the_time_for_training():
    _, outcome = trained(step=16, predict=4)
    assert (outcome.steps, outcome.seconds, outcome.stopped) == (6, 96, "")


def test_slow_predictions_end_the_curve_and_not_the_training():
    child, outcome = trained(predict=12)
    assert [point["step"] for point in outcome.curve] == [3]
    assert (outcome.steps, outcome.accuracy, child.calls.count("predict")) == (6, 0.75, 3)
    _, outcome = trained(predict=101)
    assert outcome.accuracy is None
    assert outcome.stopped == "Its time was up before it had read the test images."


@pytest.mark.parametrize(
    ("at", "steps", "points"),
    [("start", 0, 0), ("step 5", 4, 1), ("epoch 2", 6, 1), ("predict", 3, 0), ("predict 4", 6, 2)],
)
def test_what_fails_has_no_accuracy_and_a_reason(at, steps, points):
    child, outcome = trained(child=failing(at, ChildError("ValueError: shapes differ.")))
    assert outcome.accuracy is None
    assert (outcome.stopped, outcome.steps, len(outcome.curve)) == (
        "ValueError: shapes differ.",
        steps,
        points,
    )
    assert child.calls[-1] == at.split()[0]


def test_a_step_that_does_not_end_is_followed_by_predictions_if_they_come():
    child, outcome = trained(child=failing("step 5", TimeUpError()))
    assert (outcome.stopped, outcome.accuracy, outcome.steps) == ("time", 0.75, 4)
    assert child.calls.count("step") == 5
    _, outcome = trained(child=failing("start", TimeUpError()))
    assert (outcome.stopped, outcome.accuracy, outcome.curve) == ("time", 0.75, ())
    _, outcome = trained(child=failing("predict 3", TimeUpError()))
    assert outcome.accuracy is None
    assert outcome.stopped == "Its time was up before it had read the test images."


def test_validation_images_that_are_not_read_in_time_end_the_curve():
    child, outcome = trained(child=failing("predict", TimeUpError(), times=1))
    assert (outcome.steps, outcome.accuracy, outcome.curve) == (6, 0.75, ())
    assert child.calls.count("predict") == 3


def with_one(value):
    def scores(count):
        found = np.zeros((count, 10))
        found[-1, 3] = value
        return found

    return scores


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n: np.zeros((n, 9)), r"for 20 images have the shape (20, 9), where scores have (20, 10) and"),
        (lambda n: np.zeros((10, n)), "have the shape (10, 20)"),
        (lambda n: np.zeros(n + 1), "have the shape (21,)"),
        (lambda n: np.zeros((n, 1)), "have the shape (20, 1)"),
        (lambda n: np.float64(3), "not numbers but of the type float64"),
        (lambda n: np.array(3.0), "have the shape ()"),
        (lambda n: None, "not numbers but of the type NoneType"),
        (lambda n: np.array(["3"] * n), "not numbers but of the type <U1"),
        (lambda n: np.array([None] * n), "not numbers but of the type object"),
        (lambda n: np.zeros(n, complex), "not numbers but of the type complex128"),
        (with_one(np.nan), "not finite"),
        (with_one(-np.inf), "not finite"),
        (lambda n: np.full(n, np.nan), "not finite"),
    ],
)
def test_what_is_no_prediction_is_no_accuracy(answer, words):
    _, outcome = trained(child=answering(answer))
    assert outcome.accuracy is None
    assert words in outcome.stopped


@pytest.mark.parametrize(
    ("answer", "accuracy"),
    [
        (lambda n: np.full(n, 4), 0.1),
        (lambda n: np.full(n, 4.0, np.float32), 0.1),
        (lambda n: np.full(n, 4.5), 0.0),
        (lambda n: np.full(n, 200, np.uint8), 0.0),
        (lambda n: np.zeros((n, 10)), 0.1),
        (lambda n: np.eye(10, dtype=bool)[np.full(n, 2)], 0.1),
    ],
)
def test_whatever_is_a_prediction_is_scored(answer, accuracy):
    _, outcome = trained(child=answering(answer))
    assert (outcome.accuracy, outcome.stopped) == (accuracy, "")


def test_losses_that_are_no_numbers_are_left_out_of_the_curve():
    class Silent(Child):
        def step(self, x, y):
            super().step(x, y)
            return [float("nan"), float("inf"), 5.0, float("nan")][min(len(self.batches), 4) - 1]

    _, outcome = trained(child=Silent)
    assert outcome.curve == ({"step": 3, "validation": 0.5, "loss": 5.0}, {"step": 6, "validation": 0.5})
    assert outcome.accuracy == 0.75


def test_other_images_than_the_courses_are_refused():
    small = Dataset(np.zeros((9, 8, 8), np.uint8), [0] * 9, classes=10)
    with pytest.raises(DataError, match="28 x 28"):
        trained(splits=Splits(small, small, small))


@pytest.mark.parametrize(
    ("protocol", "least", "values"),
    [
        ("mlp", 0.8, {"batch_size": 32, "epochs": 4, "settings": {"lr": 0.01}}),
        ("experiment-1", 0.6, {"batch_size": 50, "epochs": 3}),
        ("thu-mlp", 0.8, {"batch_size": 50, "epochs": 5}),
    ],
)
def test_the_courses_own_modules_pass_on_real_digits(protocol, least, values):
    child = InProcess(adapter(protocol))
    rule = rule_from({"protocol": protocol, "validation_images": 100, **values})
    outcome = train(child, rule, load_digits())
    assert outcome.stopped == ""
    assert outcome.epochs == child.epochs == rule.epochs == len(outcome.curve)
    assert outcome.accuracy > least
    assert outcome.curve[-1]["loss"] < outcome.curve[0]["loss"]


def test_one_seed_one_outcome():
    rule = rule_from({"protocol": "mlp", "batch_size": 64, "epochs": 1})
    first, again, other = (
        train(InProcess(adapter("mlp")), rule_from({**vars(rule), "seed": seed}), load_digits(), Clock())
        for seed in (0, 0, 1)
    )
    assert first == again
    assert first.curve != other.curve
    assert RULES["mlp"].seed == 0
