"""The course's layers: values, gradients, the momentum of an update, and what they refuse."""

import numpy as np
import pytest

from handgrad.courses.thu.layers import AvgPool2D, Conv2D, Layer, Linear, Relu, Reshape, Sigmoid
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.thu import loops

RNG = np.random.default_rng(4)
CONFIG = {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.01}


def made(kind: type, *arguments: object) -> Layer:
    np.random.seed(5)
    layer = kind("layer", *arguments)
    if layer.trainable:
        layer.b = np.random.randn(*layer.b.shape)
    return layer


CASES = [
    (Relu, (), (3, 4)),
    (Sigmoid, (), (3, 4)),
    (Linear, (4, 2, 0.5), (3, 4)),
    (Reshape, ((-1, 8),), (3, 2, 2, 2)),
    (Conv2D, (2, 3, 3, 1, 0.5), (2, 2, 4, 5)),
    (AvgPool2D, (2, 0), (2, 3, 4, 4)),
]


@pytest.mark.parametrize(("kind", "arguments", "shape"), CASES)
def test_backward_is_the_slope_of_forward(kind, arguments, shape):
    layer, x = made(kind, *arguments), RNG.standard_normal(shape)
    before = x.copy()
    y = layer.forward(x)
    dy = RNG.standard_normal(y.shape)
    kept = dy.copy()
    grad = layer.backward(dy)
    np.testing.assert_allclose(grad, loops.slope(lambda a: (layer.forward(a) * dy).sum(), x), atol=1e-7)
    assert y.dtype == grad.dtype == np.float64
    assert grad.shape == x.shape
    assert np.array_equal(x, before)
    assert np.array_equal(dy, kept)


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"), [case for case in CASES if case[0] in (Linear, Conv2D)]
)
def test_the_gradients_of_weights_and_biases_are_slopes_too(kind, arguments, shape):
    layer, x = made(kind, *arguments), RNG.standard_normal(shape)
    dy = RNG.standard_normal(layer.forward(x).shape)
    layer.backward(dy)
    for name in ("W", "b"):
        value, found = getattr(layer, name), getattr(layer, f"grad_{name}")

        def total(array: np.ndarray, name: str = name) -> float:
            setattr(layer, name, array)
            return float((layer.forward(x) * dy).sum())

        np.testing.assert_allclose(found, loops.slope(total, value), atol=1e-7)
        assert found.shape == value.shape
        setattr(layer, name, value)


def test_values():
    assert made(Relu).forward(np.array([-1.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 2.0]
    np.testing.assert_allclose(made(Sigmoid).forward(np.array([-1000.0, 0.0, np.log(3.0)])), [0.0, 0.5, 0.75])
    linear = made(Linear, 4, 2, 0.5)
    x = RNG.standard_normal((3, 4))
    np.testing.assert_allclose(linear.forward(x), np.einsum("ni,io->no", x, linear.W) + linear.b)
    convolution = made(Conv2D, 2, 3, 3, 1, 0.5)
    maps = RNG.standard_normal((2, 2, 4, 5))
    expected = loops.convolution(maps, convolution.W, convolution.b, 1)
    np.testing.assert_allclose(convolution.forward(maps), expected, atol=1e-12)


def test_the_gradient_of_relu_at_zero_is_zero():
    layer = made(Relu)
    layer.forward(np.array([[0.0, 1.0]]))
    assert layer.backward(np.array([[5.0, 5.0]])).tolist() == [[0.0, 5.0]]


def test_first_values_come_from_numpys_global_generator():
    np.random.seed(3)
    W = np.random.randn(6, 4) * 0.1
    np.random.seed(3)
    layer = Linear("fc", 6, 4, 0.1)
    assert np.array_equal(layer.W, W)
    assert layer.b.tolist() == [0.0] * 4
    np.random.seed(3)
    W = np.random.randn(2, 1, 3, 3) * 0.2
    np.random.seed(3)
    layer = Conv2D("conv", 1, 2, 3, 1, 0.2)
    assert np.array_equal(layer.W, W)
    assert (layer.name, layer.trainable, layer.kernel_size, layer.pad) == ("conv", True, 3, 1)
    assert not Relu("relu").trainable


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"), [case for case in CASES if case[0] in (Linear, Conv2D)]
)
def test_update_keeps_momentum_and_decays_weights_and_biases_alike(kind, arguments, shape):
    layer, x = made(kind, *arguments), RNG.standard_normal(shape)
    expected = {}
    held = layer.W, layer.W.copy()
    for name in ("W", "b"):
        param, diff = getattr(layer, name).copy(), 0.0
        expected[name] = [param, diff]
    for _ in range(3):
        layer.backward(np.ones_like(layer.forward(x)))
        for name, state in expected.items():
            grad = getattr(layer, f"grad_{name}")
            state[1] = 0.9 * state[1] + (grad + 0.01 * state[0])
            state[0] = state[0] - 0.1 * state[1]
        layer.update(CONFIG)
        for name, (param, diff) in expected.items():
            np.testing.assert_allclose(getattr(layer, name), param, rtol=1e-12)
            np.testing.assert_allclose(getattr(layer, f"diff_{name}"), diff, rtol=1e-12)
    assert np.array_equal(*held)  # whoever kept the old W has it still


def test_an_update_before_any_backward_only_decays():
    layer = made(Linear, 2, 2, 1.0)
    W = layer.W
    layer.update({"learning_rate": 0.5, "momentum": 0.0, "weight_decay": 0.1})
    np.testing.assert_allclose(layer.W, W - 0.5 * 0.1 * W)


def test_a_students_own_layer():
    class Double(Layer):
        def forward(self, input):
            self._saved_for_backward(input)
            return input * 2

        def backward(self, grad_output):
            return grad_output * 2 + 0 * self._saved_tensor

    layer = Double("double")
    assert layer.forward(np.ones(2)).tolist() == [2.0, 2.0]
    assert layer.backward(np.ones(2)).tolist() == [2.0, 2.0]
    layer.update(CONFIG)  # nothing to do


def test_mistakes_are_told():
    with pytest.raises(ShapeError, match=r"layer 'fc', Linear: .*n x in_num = \(n, 784\).*Reshape"):
        Linear("fc", 784, 10, 0.1).forward(np.zeros((2, 1, 28, 28)))
    with pytest.raises(ShapeError, match=r"layer 'conv', Conv2D: .*c_out x c_in x k x k = \(8, 3, 3, 3\)"):
        Conv2D("conv", 1, 8, 3, 1, 0.1).forward(np.zeros((2, 3, 28, 28)))
    with pytest.raises(ShapeError, match=r"layer 'flat', Reshape: .*\(-1, 100\)"):
        Reshape("flat", (-1, 100)).forward(np.zeros((2, 1, 28, 28)))
    with pytest.raises(ArgumentError, match=r"layer .relu., Relu: .*forward pass"):
        Relu("relu").backward(np.zeros(2))
    for layer in (Relu("relu"), Sigmoid("sigmoid"), Reshape("flat", (-1, 4))):
        layer.forward(np.zeros((3, 4)))
        with pytest.raises(
            ShapeError, match=rf"{type(layer).__name__}: .*grad_output .*= \(3, 4\), got \(2, 4\)"
        ):
            layer.backward(np.zeros((2, 4)))
    with pytest.raises(ArgumentError, match="pad as a whole number from 0 on, got -1"):
        AvgPool2D("pool", 2, -1).forward(np.zeros((2, 1, 4, 4)))
    with pytest.raises(ArgumentError, match="without momentum, weight_decay"):
        Linear("fc", 4, 2, 0.1).update({"learning_rate": 0.1})
    layer = Linear("fc", 4, 2, 0.1)
    layer.forward(np.zeros((3, 4)))
    with pytest.raises(ShapeError, match=r"n x out_num = \(3, 2\)"):
        layer.backward(np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("kind", "arguments", "named"),
    [
        (Conv2D, (1, 2, 3.0, 1, 0.1), "kernel_size"),
        (Conv2D, (1, "2", 3, 1, 0.1), "out_channel"),
        (Conv2D, (1, 2, 3, 0.5, 0.1), "pad"),
        (Linear, (4.0, 2, 0.1), "in_num"),
        (Linear, (4, 0, 0.1), "out_num"),
        (AvgPool2D, (2.0, 0), "kernel_size"),
        (AvgPool2D, (2, -1), "pad"),
    ],
)
def test_sizes_that_are_no_whole_numbers(kind, arguments, named):
    with pytest.raises(ArgumentError, match=f"{kind.__name__}: expected {named} as a whole number"):
        kind("layer", *arguments)


def test_sizes_may_be_numpys_whole_numbers():
    assert Conv2D("layer", 1, np.int64(2), np.int32(3), 1, 0.1).W.shape == (2, 1, 3, 3)


def test_the_smallest_sizes_there_are():
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    np.testing.assert_array_equal(AvgPool2D("pool", 1, 0).forward(x), x)
    np.testing.assert_array_equal(Conv2D("conv", 1, 1, 1, 0, 0.0).forward(x), np.zeros_like(x))
    assert Linear("fc", 1, 1, 0.1).W.shape == (1, 1)
