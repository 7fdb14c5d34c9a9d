"""`loss` of the course beside its formulas."""

import math

import numpy as np
import pytest

from handgrad.courses.cs5242 import L2, Loss, Regularization, SoftmaxCrossEntropy
from handgrad.errors import DataError, ShapeError
from tests.courses.cs5242.made import slopes


def test_loss_and_probabilities_are_their_formulas():
    x = np.array([[1.0, 2.0, 3.0], [0.5, -0.5, 0.0]])
    targets = np.array([2, 0], np.uint8)
    loss, probs = SoftmaxCrossEntropy(3).forward(x, targets)
    expected = [[math.exp(v) / sum(math.exp(w) for w in row) for v in row] for row in x]
    np.testing.assert_allclose(probs, expected, rtol=1e-14)
    assert loss == pytest.approx(-(math.log(expected[0][2]) + math.log(expected[1][0])) / 2, rel=1e-14)
    assert loss.copy() == loss  # published checks copy it
    gradient = SoftmaxCrossEntropy(3).backward(x, targets)
    np.testing.assert_allclose(
        gradient, slopes(lambda: SoftmaxCrossEntropy(3).forward(x, targets)[0], x), atol=1e-9
    )
    assert gradient.dtype == np.float64


def test_large_scores_do_not_overflow():
    loss, probs = SoftmaxCrossEntropy(2).forward(np.array([[1e4, 0.0]]), np.array([1]))
    assert loss == 1e4
    np.testing.assert_array_equal(probs, [[1, 0]])


def test_l2_leaves_biases_alone():
    params = {"layer-0th:fc/weights": np.array([[1.0, -2.0]]), "layer-0th:fc/bias": np.array([5.0])}
    assert L2(w=0.1).forward(params) == pytest.approx(0.25)
    assert L2().forward(params) == pytest.approx(0.025)
    grads = L2(w=0.1).backward(params)
    np.testing.assert_allclose(grads["layer-0th:fc/weights"], [[0.1, -0.2]])
    np.testing.assert_array_equal(grads["layer-0th:fc/bias"], [0])
    assert list(grads) == list(params)
    assert L2().forward({}) == 0


def test_what_does_not_fit():
    loss = SoftmaxCrossEntropy(3)
    for x, targets in [
        (np.zeros((2, 4)), np.zeros(2, int)),
        (np.zeros(3), np.zeros(1, int)),
        (np.zeros((2, 3)), np.zeros((2, 3), int)),
        (np.zeros((2, 3)), np.zeros(2)),
    ]:
        with pytest.raises(ShapeError, match=r"\(batch, num_class = 3\)"):
            loss.forward(x, targets)
        with pytest.raises(ShapeError, match=r"\(batch, num_class = 3\)"):
            loss.backward(x, targets)
    with pytest.raises(DataError, match="targets from 0 to 2"):
        loss.forward(np.zeros((1, 3)), np.array([3]))


def test_own_losses_must_say_what_they_do():
    with pytest.raises(NotImplementedError):
        Loss().forward(np.zeros((1, 1)), np.zeros(1, int))
    with pytest.raises(NotImplementedError):
        Loss().backward(np.zeros((1, 1)), np.zeros(1, int))
    with pytest.raises(NotImplementedError):
        Regularization().forward({})
    with pytest.raises(NotImplementedError):
        Regularization().backward({})
