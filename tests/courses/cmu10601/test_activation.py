import math

import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import (
    elu_backward,
    elu_forward,
    finite_difference,
    relu_backward,
    relu_forward,
)
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import feature_map, frozen, slopes, with_diff

RELU, ELU = {"type": "RELU"}, {"type": "ELU"}


@pytest.mark.parametrize(
    ("forward", "layer", "scalar"),
    [
        (relu_forward, RELU, lambda x: x if x > 0 else 0.0),
        (elu_forward, ELU, lambda x: x if x > 0 else math.exp(x) - 1),
    ],
)
def test_forward_number_by_number(forward, layer, scalar):
    input = feature_map(3, 4, 2, 5)
    frozen(input)
    output = forward(input, layer)
    expected = [[scalar(x) for x in row] for row in input["data"].tolist()]
    np.testing.assert_allclose(output["data"], expected, rtol=0, atol=1e-15)
    assert {key: output[key] for key in output if key != "data"} == {
        key: input[key] for key in input if key != "data"
    }


@pytest.mark.parametrize(
    ("forward", "backward", "layer"), [(relu_forward, relu_backward, RELU), (elu_forward, elu_backward, ELU)]
)
def test_backward_is_the_slope(forward, backward, layer):
    input = feature_map(3, 4, 2, 5)
    output = with_diff(forward(input, layer))

    def value():
        return (forward(input, layer)["data"] * output["diff"]).sum()

    found = backward(output, input, layer)
    assert found.shape == input["data"].shape
    np.testing.assert_allclose(found, slopes(input["data"], value), rtol=0, atol=1e-8)


def test_relu_passes_nothing_at_exactly_0():
    input = feature_map(1, 1, 3, 1) | {"data": np.array([[-1.0], [0.0], [1.0]])}
    output = relu_forward(input, RELU) | {"diff": np.full((3, 1), 5.0)}
    assert relu_backward(output, input, RELU).T.tolist() == [[0.0, 0.0, 5.0]]


def test_finite_difference_is_equation_14():
    input = feature_map(1, 1, 4, 1) | {"data": np.array([[-1.0], [-0.25], [0.0], [2.0]])}
    output = relu_forward(input, RELU) | {"diff": np.array([[2.0], [2.0], [2.0], [-3.0]])}
    frozen(input, output)
    # (f(x + 0.5) - f(x)) / 0.5 by hand: 0, 0.25 / 0.5, 0.5 / 0.5, 0.5 / 0.5
    np.testing.assert_allclose(finite_difference(output, input, 0.5).T, [[0.0, 1.0, 2.0, -3.0]], atol=1e-15)


def test_finite_difference_agrees_with_relu_backward():
    input = feature_map(5, 5, 3, 4)
    output = with_diff(relu_forward(input, RELU))
    approximation = finite_difference(output, input, 1e-7)
    assert approximation.shape == input["data"].shape
    np.testing.assert_allclose(approximation, relu_backward(output, input, RELU), atol=1e-6)


def test_mistakes_are_named():
    input = feature_map(3, 4, 2, 5)
    output = with_diff(relu_forward(input, RELU))
    with pytest.raises(ShapeError, match=r"data of shape .* = \(24, 5\), got \(5, 24\)"):
        relu_forward(input | {"data": input["data"].T}, RELU)
    with pytest.raises(ShapeError, match=r"output\['diff'\] of the input's shape \(24, 5\)"):
        relu_backward(with_diff(feature_map(3, 4, 1, 5)), input, RELU)
    with pytest.raises(ArgumentError, match="a small h other than 0"):
        finite_difference(output, input, 0)
