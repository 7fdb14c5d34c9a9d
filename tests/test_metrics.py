from math import sqrt

import numpy as np
import pytest

from handgrad.errors import ArgumentError, DataError, ShapeError
from handgrad.metrics import accuracy, accuracy_interval, confusion_matrix, correct

RNG = np.random.default_rng(0)
SCORES, TARGETS = RNG.normal(size=(200, 5)), RNG.integers(0, 5, 200)
PREDICTIONS = RNG.integers(0, 5, 200)


def test_correct_counts_as_a_loop_does():
    count = 0
    for row, target in zip(SCORES.tolist(), TARGETS.tolist(), strict=True):
        count += row.index(max(row)) == target
    assert 20 < count < 60
    assert correct(SCORES, TARGETS) == count
    assert isinstance(correct(SCORES, TARGETS), int)
    assert accuracy(SCORES, TARGETS) == count / 200


def test_of_equal_scores_the_first_counts():
    tie = np.array([[1.0, 1.0, 0.0]])
    assert correct(tie, np.array([0])) == 1
    assert correct(tie, np.array([1])) == 0


def test_no_rows():
    assert correct(np.zeros((0, 3)), np.zeros(0, int)) == 0
    with pytest.raises(ShapeError, match="at least one row"):
        accuracy(np.zeros((0, 3)), np.zeros(0, int))


def test_scores_and_targets_that_do_not_fit():
    with pytest.raises(ShapeError, match=r"one target for each of 200, got \(199,\)"):
        correct(SCORES, TARGETS[1:])
    with pytest.raises(ShapeError, match=r"scores of shape \(N, K\), got \(200,\)"):
        correct(SCORES[:, 0], TARGETS)
    with pytest.raises(ShapeError):
        correct(SCORES, TARGETS[:, None])


@pytest.mark.parametrize(("right", "count"), [(0, 10), (10, 10), (9900, 10_000), (1, 3)])
def test_the_interval_is_wilsons(right, count):
    z, share = 1.959963984540054, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    low, high = accuracy_interval(right, count)
    assert low == pytest.approx(max(middle - half, 0), abs=1e-12)
    assert high == pytest.approx(min(middle + half, 1), abs=1e-12)
    narrower = accuracy_interval(right, count, 0.5)
    assert low <= narrower[0] <= narrower[1] <= high


@pytest.mark.parametrize("wrong", [(5, 3), (-1, 3), (0, 0), (1, 3, 0.0), (1, 3, 1.0)])
def test_counts_that_cannot_be(wrong):
    with pytest.raises(ArgumentError, match="accuracy_interval"):
        accuracy_interval(*wrong)


def test_the_confusion_matrix_counts_as_a_loop_does():
    expected = [[0] * 6 for _ in range(6)]
    for predicted, true in zip(PREDICTIONS, TARGETS, strict=True):
        expected[true][predicted] += 1
    matrix = confusion_matrix(PREDICTIONS, TARGETS, classes=6)  # a class that nothing belongs to has its row
    assert matrix.tolist() == expected
    assert matrix.sum() == 200
    assert (matrix != matrix.T).any()


def test_predictions_that_do_not_fit():
    with pytest.raises(ShapeError, match="confusion_matrix"):
        confusion_matrix(PREDICTIONS[1:], TARGETS, 5)
    for predictions, targets in ((PREDICTIONS, TARGETS + 1), (PREDICTIONS - 1, TARGETS)):
        with pytest.raises(DataError, match="classes from 0 to 4"):
            confusion_matrix(predictions, targets, 5)
