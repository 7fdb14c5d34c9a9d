"""The toy network against numbers that were worked out by hand."""

from math import exp, log

import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import (
    conv_layer_backward,
    conv_layer_forward,
    inner_product_backward,
    inner_product_forward,
    pooling_layer_backward,
    pooling_layer_forward,
    relu_backward,
    relu_forward,
)
from handgrad.courses.cmu10601.experiments.toy import work_through_toy

P = 1 / (1 + exp(-3) + exp(-39))  # softmax of (36, 39, 0) at 39
Q = exp(-3) * P


@pytest.fixture(scope="module")
def found():
    return work_through_toy()


def test_every_array_of_the_forward_pass(found):
    forward = found["forward"]
    assert forward["convolution"] == [
        [[0, 8, 14], [2, 7, 7], [0, 1, 5]],
        [[4, 14, 8], [2, 11, 10], [0, 5, 2]],
    ]
    assert forward["pooling"] == [[[8, 14], [7, 7]], [[14, 14], [11, 11]]]
    assert forward["vector"] == [8, 14, 7, 7, 14, 14, 11, 11]
    assert forward["inner product"] == [36, 39, -27]
    assert forward["ReLU"] == [36, 39, 0]
    np.testing.assert_allclose(forward["softmax"], [Q, P, exp(-39) * P], rtol=1e-12)
    assert found["loss"] == pytest.approx(-log(P), rel=1e-12)


def test_the_twelve_answers(found):
    answers = [row["answer"] for row in found["answers"]]
    expected = [[3, 3], [2, 2], 3, 3, 4, 7, 39, P, -log(P), [0, -1 / P, 0], 8 * Q, -2 * Q]
    assert len(answers) == 12
    for answer, value in zip(answers, expected, strict=True):
        np.testing.assert_allclose(answer, value, rtol=1e-9)


def test_the_gradients_by_hand(found):
    """dz = (q, −q, 0); dv = q (row 1 − row 2) of W1; the first maximum of the tie wins."""
    dv = Q * np.array([0.5, -0.5, -1, 1, -0.5, 0.5, 2, -2])
    np.testing.assert_allclose(found["backward"]["vector"], dv, rtol=1e-9)
    np.testing.assert_allclose(
        found["backward"]["convolution"][0], [[0, dv[0], dv[1]], [0, 0, 0], [0, 0, 0]], rtol=1e-9
    )
    # F1 sees the pixels below (1,2) with 0.5 q, (1,3) with −0.5 q, (2,2) with −q + q
    np.testing.assert_allclose(found["gradients"]["F"][0], Q * np.array([[-2, 2], [-1.5, 2.5]]), rtol=1e-9)
    assert found["gradients"]["F"][1] == [[0, 0], [0, 0]]
    vector = np.array([8, 14, 7, 7, 14, 14, 11, 11])
    np.testing.assert_allclose(found["gradients"]["W1"], [Q * vector, -Q * vector, 0 * vector], rtol=1e-9)


def test_differences_agree_where_the_loss_is_smooth(found):
    assert {row["what"] for row in found["checks"]} == {
        "softmax output y", "W1", "b", "F", "convolution bias", "image",
    }  # fmt: skip
    assert all(row["difference"] < 1e-8 for row in found["checks"])
    assert sum(row["entries"] - row["smooth"] for row in found["checks"]) == len(found["kinks"])


def test_at_the_tie_one_side_agrees_and_the_central_difference_does_not(found):
    """Were the second maximum taken, F1(1,1) would gain (5 − 2) q."""
    kinks = {row["entry"]: row for row in found["kinks"]}
    assert {"F1(1,1)", "F1(1,2)", "F1(2,1)", "F1(2,2)"} <= set(kinks)
    first = kinks["F1(1,1)"]
    assert first["side"] == "left"
    assert first["left"] == pytest.approx(-2 * Q, abs=1e-5)
    assert first["right"] == pytest.approx(-2 * Q + 3 * Q, abs=1e-5)
    for row in kinks.values():
        assert row["difference"] < 1e-5
        assert abs(row["central"] - row["gradient"]) > 1e-3


def test_one_step_lowers_the_loss(found):
    after = found["after"]
    assert after["loss"] < found["loss"]
    assert after["parameters"]["W1"][0][0] == pytest.approx(1 - 0.01 * 8 * Q)
    assert after["parameters"]["F"][0][0][0] == pytest.approx(1 + 0.01 * 2 * Q)


def test_the_courses_own_functions_say_the_same(found):
    """In their layout: rows of w by row, column, channel, and the rows of W1 moved accordingly."""
    image = {"height": 4, "width": 4, "channel": 1, "batch_size": 1}
    image["data"] = np.array(found["image"], float).reshape(16, 1)
    conv = {"type": "CONV", "num": 2, "k": 2, "stride": 1, "pad": 0, "group": 1}
    pool, ip, relu = {"k": 2, "stride": 1, "pad": 0}, {"num": 3}, {"type": "RELU"}
    filters = {"w": np.array(found["filters"], float).reshape(2, 4).T, "b": np.zeros(2)}
    by_map = np.array(found["W1"], float).reshape(3, 2, 2, 2)  # digit, map, row, column
    weights = {"w": by_map.transpose(2, 3, 1, 0).reshape(8, 3), "b": np.zeros(3)}

    first = conv_layer_forward(image, conv, filters)
    second = pooling_layer_forward(first, pool)
    third = inner_product_forward(second, ip, weights)
    fourth = relu_forward(third, relu)
    assert fourth["data"].T.tolist() == [[36, 39, 0]]
    probabilities = np.exp(fourth["data"] - 39) / np.exp(fourth["data"] - 39).sum()
    fourth["diff"] = probabilities - np.array([[0], [1], [0]])
    third["diff"] = relu_backward(fourth, third, relu)
    grad, second["diff"] = inner_product_backward(third, second, ip, weights)
    first["diff"] = pooling_layer_backward(second, first, pool)
    filter_grad, input_od = conv_layer_backward(first, image, conv, filters)
    dw = grad["w"].T.reshape(3, 2, 2, 2).transpose(0, 3, 1, 2).reshape(3, 8)
    np.testing.assert_allclose(dw, found["gradients"]["W1"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        filter_grad["w"].T.reshape(2, 2, 2), found["gradients"]["F"], rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(input_od.reshape(4, 4), found["backward"]["image"], rtol=0, atol=1e-12)
