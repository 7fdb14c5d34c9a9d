"""`layers` of the course beside loops, einsum and finite differences."""

import numpy as np
import pytest

from handgrad.courses.cs5242 import Convolution, Dropout, FCLayer, Flatten, Layer, Pooling, ReLU
from handgrad.courses.cs5242.initializers import Guassian
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cs5242.made import slopes, windows

CONV = {"kernel_h": 3, "kernel_w": 2, "pad": 1, "stride": 2, "in_channel": 3, "out_channel": 4}
POOL = {"pool_type": "max", "pool_height": 3, "pool_width": 2, "stride": 2, "pad": 1}


def maps(shape=(2, 3, 5, 6), seed=0):
    """Numbers far from each other and from 0, negative ones too."""
    count = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(count) - count / 2 + 0.25).reshape(shape) / 10


def check_backward(layer: Layer, x: np.ndarray) -> None:
    """Gradients equal central differences of a random combination of the outputs; nothing is modified."""
    before, y = x.copy(), layer.forward(x)
    dy = np.random.default_rng(9).normal(size=y.shape)
    dy_before = dy.copy()
    dx = layer.backward(dy, x)
    assert (dx.shape, dx.dtype) == (x.shape, np.float64)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(dy, dy_before)

    def total():
        return float((layer.forward(x) * dy).sum())

    np.testing.assert_allclose(dx, slopes(total, x), atol=2e-7)
    if layer.trainable:
        np.testing.assert_allclose(layer.w_grad, slopes(total, layer.weights), atol=2e-7)
        np.testing.assert_allclose(layer.b_grad, slopes(total, layer.bias), atol=2e-7)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 0), (2, 1), (3, 2)])
def test_convolution_is_its_definition(stride, pad):
    np.random.seed(1)
    layer = Convolution({**CONV, "stride": stride, "pad": pad})
    layer.update({"x:conv/bias": np.arange(4.0)})
    x = maps()
    y = layer.forward(x)
    for (u, v), seen in windows(x, (3, 2), stride, pad):
        expected = np.einsum("ncij,fcij->nf", seen, layer.weights) + np.arange(4.0)
        np.testing.assert_allclose(y[:, :, u, v], expected, atol=1e-12)
    assert y.shape == (2, 4, 1 + (5 + 2 * pad - 3) // stride, 1 + (6 + 2 * pad - 2) // stride)
    assert y.dtype == np.float64
    check_backward(layer, x)


def test_convolution_begins_as_the_document_says():
    np.random.seed(3)
    layer = Convolution(CONV, initializer=Guassian(std=0.001), name="first")
    np.random.seed(3)
    np.testing.assert_array_equal(layer.weights, np.random.normal(0, 0.001, (4, 3, 3, 2)))
    assert not layer.bias.any()
    assert layer.bias.shape == (4,)
    assert (layer.w_grad.shape, layer.b_grad.shape) == ((4, 3, 3, 2), (4,))
    assert (layer.trainable, layer.training, layer.name) == (True, True, "first")
    assert Convolution(CONV).weights.std() == pytest.approx(0.1, rel=0.5)


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize(("stride", "pad"), [(2, 0), (2, 1), (1, 3)])
def test_pooling_pads_with_zeros_that_count(kind, stride, pad):
    layer = Pooling({**POOL, "pool_type": kind, "stride": stride, "pad": pad})
    x = maps() - 10  # all negative: a zero of the padding wins every maximum that it is in
    y = layer.forward(x)
    for (u, v), seen in windows(x, (3, 2), stride, pad):
        expected = seen.max(axis=(2, 3)) if kind == "max" else seen.mean(axis=(2, 3))
        np.testing.assert_allclose(y[:, :, u, v], expected, atol=1e-12)
    check_backward(layer, x)
    check_backward(layer, maps())


def test_the_first_of_equal_maxima_gets_the_gradient():
    layer = Pooling({"pool_type": "max", "pool_h": 2, "pool_w": 2, "stride": 2, "pad": 0})
    dx = layer.backward(np.full((1, 1, 1, 1), 5.0), np.ones((1, 1, 2, 2)))
    np.testing.assert_array_equal(dx[0, 0], [[5, 0], [0, 0]])


def test_both_spellings_of_a_window():
    short = {"pool_h": 3, "pool_w": 2, **{key: POOL[key] for key in ("pool_type", "stride", "pad")}}
    np.testing.assert_array_equal(Pooling(short).forward(maps()), Pooling(POOL).forward(maps()))


@pytest.mark.parametrize("shape", [(4, 5), (2, 3, 5), (2, 1, 3, 5)])
def test_fully_connected_layer_on_any_number_of_axes(shape):
    np.random.seed(2)
    layer = FCLayer(5, 3)
    x = maps(shape)
    np.testing.assert_allclose(layer.forward(x), np.einsum("...i,io->...o", x, layer.weights) + layer.bias)
    check_backward(layer, x)


def test_fully_connected_bias_comes_from_the_initializer():
    np.random.seed(4)
    layer = FCLayer(5, 3, initializer=Guassian(mean=7, std=0.5))
    np.random.seed(4)
    np.testing.assert_array_equal(layer.weights, np.random.normal(7, 0.5, (5, 3)))
    np.testing.assert_array_equal(layer.bias, np.random.normal(7, 0.5, 3))


def test_relu_passes_the_gradient_at_exactly_zero():
    x = np.array([[-1.0, -0.0, 0.0, 2.0]])
    np.testing.assert_array_equal(ReLU().forward(x), [[0, 0, 0, 2]])
    np.testing.assert_array_equal(ReLU().backward(np.full((1, 4), 3.0), x), [[0, 3, 3, 3]])
    check_backward(ReLU(), maps())


def test_flatten():
    x = maps()
    np.testing.assert_array_equal(Flatten().forward(x), x.reshape(2, 90))
    np.testing.assert_array_equal(Flatten().backward(x.reshape(2, 90), x), x)


def test_dropout_with_a_seed_repeats_its_mask():
    layer = Dropout(0.3, seed=1234)
    assert layer.training
    layer.set_mode(True)
    ones = np.ones((50, 40))
    y = layer.forward(ones)
    np.testing.assert_array_equal(y, layer.forward(ones))
    assert set(np.unique(y)) == {0.0, 1 / (1 - np.float64(0.3))}
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.04)
    np.testing.assert_array_equal(layer.backward(3 * ones, ones), 3 * y)
    check_backward(layer, maps())


def test_dropout_without_a_seed_draws_from_numpys_state():
    layer, ones = Dropout(0.5), np.ones(200)
    np.random.seed(6)
    first, second = layer.forward(ones), layer.forward(ones)
    assert (first != second).any()
    np.testing.assert_array_equal(layer.backward(ones, ones), second)  # the mask of the last pass
    np.random.seed(6)
    np.testing.assert_array_equal(layer.forward(ones), first)


def test_dropout_while_testing_lets_everything_through():
    layer, x = Dropout(0.9, seed=1), maps()
    layer.forward(x)
    layer.set_mode(False)
    state = np.random.get_state()[1].copy()
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(2 * x, x), 2 * x)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_parameters_by_name():
    np.random.seed(0)
    layer = FCLayer(5, 3, name="fc")
    params, grads = layer.get_params("layer-7th")
    assert list(params) == list(grads) == ["layer-7th:fc/weights", "layer-7th:fc/bias"]
    assert params["layer-7th:fc/weights"] is layer.weights
    layer.update({"layer-7th:fc/weights": np.ones((5, 3)), "layer-7th:fc/bias": np.zeros(3)})
    np.testing.assert_array_equal(layer.forward(np.ones((1, 5))), [[5, 5, 5]])
    layer.set_trainable(False)
    assert layer.get_params("x") == ({}, {})
    assert ReLU().get_params("x") == Flatten().get_params("x") == ({}, {})
    assert not ReLU().trainable


def test_whole_numbers_and_float32_come_in():
    layer = FCLayer(2, 1)
    layer.update({"weights": np.array([[0.5], [0.25]]), "bias": np.zeros(1)})
    np.testing.assert_array_equal(layer.forward(np.array([[1, 2]])), [[1.0]])
    assert ReLU().forward(np.zeros(2, np.float32)).dtype == np.float32
    assert Dropout(0.5, seed=1).forward(np.ones(4, np.int64)).dtype == np.float64


def test_wrong_shapes_name_the_courses():
    conv, pool, fc = Convolution(CONV), Pooling(POOL), FCLayer(5, 3)
    for call, words in [
        (lambda: conv.forward(np.zeros((2, 1, 5, 6))), r"\(N, C, H, W\) with C = 3"),
        (lambda: conv.forward(np.zeros((3, 5, 6))), r"\(N, C, H, W\).*an axis too"),
        (lambda: conv.backward(np.zeros((2, 4, 9, 9)), maps()), r"in_grads of shape \(N, F, H', W'\)"),
        (lambda: pool.forward(np.zeros((5, 6))), r"\(N, C, H, W\)"),
        (lambda: pool.backward(np.zeros((2, 3, 9, 9)), maps()), r"\(N, C, H', W'\)"),
        (lambda: fc.forward(np.zeros((2, 4))), r"\(batch, \.\.\., in_features\) = \(batch, \.\.\., 5\)"),
        (lambda: fc.forward(np.zeros((2, 3, 5, 6))), "Flatten"),
        (lambda: fc.backward(np.zeros((2, 5)), np.zeros((2, 5))), r"\(batch, \.\.\., out_features\)"),
        (lambda: ReLU().backward(np.zeros(3), np.zeros(4)), "in_grads"),
        (lambda: Dropout(0.5).backward(np.zeros(3), np.zeros(4)), "in_grads"),
        (lambda: Flatten().backward(np.zeros((2, 3)), np.zeros((2, 4))), r"\(N, features\)"),
        (lambda: Flatten().forward(np.float64(1)), r"\(N, \.\.\.\)"),
        (lambda: fc.update({"weights": np.zeros((3, 5))}), r"weights of shape \(5, 3\)"),
    ]:
        with pytest.raises(ShapeError, match=words):
            call()


def test_settings_that_make_no_sense():
    with pytest.raises(ArgumentError, match="'stride'"):
        Convolution({key: value for key, value in CONV.items() if key != "stride"})
    with pytest.raises(ArgumentError, match="'pool_height'"):
        Pooling({"pool_type": "max", "pool_w": 2, "stride": 1, "pad": 0})
    with pytest.raises(ArgumentError, match="whole number"):
        Convolution({**CONV, "pad": "same"})
    with pytest.raises(ArgumentError, match="'max' or 'avg'"):
        Pooling({**POOL, "pool_type": "min"})
    with pytest.raises(ArgumentError, match=r"Dropout 'drop': expected a ratio from 0 to 1, got 1.5"):
        Dropout(1.5, name="drop")
    with pytest.raises(ArgumentError, match=r"'in_features' to be a whole number, got 20.0"):
        FCLayer(20.0, 10)
    with pytest.raises(ArgumentError, match=r"'out_features' to be a whole number, got 'ten'"):
        FCLayer(20, "ten")


def test_an_own_layer_must_say_what_it_does():
    with pytest.raises(NotImplementedError, match="Layer does not define forward"):
        Layer("mine").forward(np.ones(1))
    with pytest.raises(NotImplementedError, match="Layer does not define backward"):
        Layer("mine").backward(np.ones(1), np.ones(1))
