"""The course's losses beside their formulas and central differences."""

import numpy as np
import pytest

from handgrad.courses.thu.loss import EuclideanLoss, SoftmaxCrossEntropyLoss
from handgrad.errors import DataError, ShapeError
from tests.courses.thu import loops

RNG = np.random.default_rng(6)
OUTPUT = RNG.standard_normal((5, 4)) * 3
TARGET = np.eye(4)[[0, 3, 1, 1, 2]]


def test_euclidean_is_half_the_squared_distance_mean_over_the_batch():
    loss = EuclideanLoss("loss")
    expected = sum(((o - t) ** 2).sum() for o, t in zip(OUTPUT, TARGET, strict=True)) / 2 / 5
    assert loss.forward(OUTPUT, TARGET) == pytest.approx(expected, rel=1e-12)
    soft = RNG.random((5, 4))  # any rows will do here
    assert loss.forward(OUTPUT, soft) == pytest.approx(((OUTPUT - soft) ** 2).sum() / 10)


def test_cross_entropy_is_the_mean_of_minus_log_softmax():
    exponentials = np.exp(OUTPUT)
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    expected = -(TARGET * np.log(shares)).sum() / 5
    assert SoftmaxCrossEntropyLoss("loss").forward(OUTPUT, TARGET) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", [EuclideanLoss, SoftmaxCrossEntropyLoss])
def test_backward_is_the_slope(kind):
    loss = kind("loss")
    before = OUTPUT.copy(), TARGET.copy()
    grad = loss.backward(OUTPUT, TARGET)  # needs no forward before it
    np.testing.assert_allclose(grad, loops.slope(lambda a: loss.forward(a, TARGET), OUTPUT), atol=1e-8)
    assert np.array_equal(OUTPUT, before[0])
    assert np.array_equal(TARGET, before[1])
    assert loss.name == "loss"


def test_large_logits_do_not_overflow():
    loss = SoftmaxCrossEntropyLoss("loss")
    assert loss.forward(np.array([[1e4, 0.0]]), np.array([[0, 1]])) == 1e4


def test_what_is_no_target_is_refused():
    for kind in (EuclideanLoss, SoftmaxCrossEntropyLoss):
        with pytest.raises(ShapeError, match=r"n x classes.*onehot_encoding"):
            kind("loss").forward(OUTPUT, np.array([0, 3, 1, 1, 2]))
    with pytest.raises(DataError, match="one-hot"):
        SoftmaxCrossEntropyLoss("loss").forward(OUTPUT, TARGET * 0.9 + 0.025)
