import math

import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import DataError, ShapeError
from tests.op_checks import close


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_of_ten_thousand(dtype):
    """Loss and gradient are finite, and exact: small exponentials vanish, whole numbers are left."""
    logits = np.array([[1e4, 0, -1e4], [1e4, 0, -1e4], [-1e4, 1e4, 1e4], [0, 0, 1e4]], dtype=dtype)
    loss, cache = ops.cross_entropy_forward(logits[:2], np.array([2, 1]))
    assert loss == (20_000 + 10_000) / 2
    assert np.array_equal(ops.cross_entropy_backward(1.0, cache), [[0.5, 0, -0.5], [0.5, -0.5, 0]])
    loss, cache = ops.cross_entropy_forward(logits[2:3], np.array([1]))
    assert math.isclose(loss, math.log(2), rel_tol=np.finfo(dtype).eps)
    assert np.array_equal(ops.cross_entropy_backward(1.0, cache), [[0, -0.5, 0.5]])
    loss, cache = ops.cross_entropy_forward(logits[3:], np.array([2]))
    assert loss == 0
    assert not ops.cross_entropy_backward(1.0, cache).any()


def test_equal_logits_of_any_size_cost_the_logarithm_of_the_classes():
    for size in (-1e300, -1e4, 0.0, 1e4, 1e300):
        loss, _ = ops.cross_entropy_forward(np.full((3, 10), size), np.array([0, 5, 9]))
        assert math.isclose(loss, math.log(10), rel_tol=1e-15)


def test_one_class_costs_nothing():
    loss, cache = ops.cross_entropy_forward(np.array([[3.0], [-7.0]]), np.array([0, 0]))
    assert loss == 0
    assert not ops.cross_entropy_backward(1.0, cache).any()


def test_it_is_softmax_and_negative_log_likelihood_in_one():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(5, 4)), np.array([0, 3, 3, 1, 2])
    loss, cache = ops.cross_entropy_forward(logits, targets)
    probabilities, softmax_cache = ops.softmax_forward(logits)
    other, other_cache = ops.probability_cross_entropy_forward(probabilities, targets)
    assert math.isclose(loss, other, rel_tol=1e-14)
    dprobabilities = ops.probability_cross_entropy_backward(0.5, other_cache)
    expected = ops.softmax_backward(dprobabilities, softmax_cache)
    close(ops.cross_entropy_backward(0.5, cache), expected, 1e-12, "dlogits")


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64"])
def test_labels_of_any_integer_type(dtype):
    logits = np.array([[0.0, math.log(3)], [math.log(3), 0.0]])
    loss, cache = ops.cross_entropy_forward(logits, np.array([1, 0], dtype=dtype))
    assert math.isclose(loss, math.log(4 / 3), rel_tol=1e-15)
    close(ops.cross_entropy_backward(1.0, cache), [[0.125, -0.125], [-0.125, 0.125]], 1e-12, "dlogits")


# check_targets is what every loss on class numbers, here and elsewhere in the library, asks first.


def test_labels_that_fit_are_let_through():
    ops.check_targets("here", np.zeros((3, 10)), np.array([0, 9, 5]))


@pytest.mark.parametrize(
    ("scores", "targets", "error", "words"),
    [
        ((10,), [0], ShapeError, r"one row of K scores for each image, \(N, K\), got \(10,\)"),
        ((2, 10, 1), [0, 1], ShapeError, r"one row of K scores for each image, \(N, K\), got \(2, 10, 1\)"),
        ((0, 10), [], ShapeError, r"one row of K scores for each image, \(N, K\), got \(0, 10\)"),
        ((3, 10), [0, 1], ShapeError, r"targets of shape \(3,\), integers, got \(2,\), int64"),
        (
            (2, 10),
            [[0], [1]],
            ShapeError,
            r"targets of shape \(2,\), integers, got \(2, 1\), int64.*argmax\(axis=1\)",
        ),
        ((2, 10), [0.0, 1.0], ShapeError, r"targets of shape \(2,\), integers, got \(2,\), float64.*argmax"),
        ((2, 10), [True, False], ShapeError, r"targets of shape \(2,\), integers, got \(2,\), bool"),
        (
            (3, 10),
            [0, 10, 11],
            DataError,
            r"targets from 0 to 9, got 10 at index 1.*as many outputs as there are classes",
        ),
        ((3, 10), [0, 3, -1], DataError, r"targets from 0 to 9, got -1 at index 2"),
    ],
)
def test_labels_that_do_not_fit_are_refused(scores, targets, error, words):
    given = np.zeros(scores), np.array(targets)
    with pytest.raises(error, match="^here: expected " + words):
        ops.check_targets("here", *given)
    with pytest.raises(error, match="^cross_entropy: expected " + words):
        ops.cross_entropy_forward(*given)
    with pytest.raises(error, match="^probability_cross_entropy: expected " + words):
        ops.probability_cross_entropy_forward(*given)
