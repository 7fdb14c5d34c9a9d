"""The library's networks in the course's classes."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.courses.thu.twin import course_network
from handgrad.errors import ArgumentError


def test_the_twin_computes_the_same_and_has_the_same_gradients():
    net = hg.Sequential(
        [
            hg.Conv2d(1, 2, 3, padding=1),
            hg.ReLU(),
            hg.AvgPool2d(2),
            hg.Flatten(),
            hg.Linear(32, 5),
            hg.Sigmoid(),
        ],
        seed=3,
        dtype=np.float64,
        input_shape=(1, 8, 8),
    )
    x, targets = np.random.default_rng(0).standard_normal((4, 1, 8, 8)), np.array([0, 4, 2, 2])
    model = course_network(net)
    y, cache = net.forward(x)
    np.testing.assert_allclose(model.forward(x), y, rtol=1e-12)
    dy = SoftmaxCrossEntropyLoss("loss").backward(y, np.eye(5)[targets])
    dx, gradients = net.backward(dy, cache)
    np.testing.assert_allclose(model.backward(dy), dx, atol=1e-15)
    np.testing.assert_allclose(model.layer_list[0].grad_W, gradients["0.weight"], atol=1e-15)
    np.testing.assert_allclose(model.layer_list[4].grad_W, gradients["4.weight"].T, atol=1e-15)
    model.update({"learning_rate": 1.0, "momentum": 0.9, "weight_decay": 0.0})
    assert np.array_equal(net.forward(x)[0], y)  # copies


def test_a_layer_that_the_course_does_not_have_is_refused():
    with pytest.raises(ArgumentError, match="MaxPool2d"):
        course_network(hg.Sequential([hg.MaxPool2d(2)]))
    with pytest.raises(ArgumentError, match="bias=False"):
        course_network(hg.Sequential([hg.Linear(4, 2, bias=False)]))


def test_the_twin_is_float64_and_shares_nothing():
    net = hg.Sequential([hg.Conv2d(1, 2, 3), hg.Flatten(), hg.Linear(8, 3)], seed=0, input_shape=(1, 4, 4))
    twins = [layer for layer in course_network(net).layer_list if layer.trainable]
    for layer, twin in zip((net[0], net[2]), twins, strict=True):
        for own, taken in ((layer.weight.value, twin.W), (layer.bias.value, twin.b)):
            assert own.dtype == np.float32
            assert taken.dtype == np.float64
            assert not np.shares_memory(own, taken)
