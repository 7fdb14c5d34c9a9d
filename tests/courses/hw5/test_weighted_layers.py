from math import sqrt

import numpy as np
import pytest

from handgrad.courses.hw5 import nn_convolutional_layer, nn_fc_layer
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.hw5.oracles import convolved, differences, read_only


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def conv(rng):
    layer = nn_convolutional_layer(3, 2, 6, 2, 4)
    layer.set_weights(rng.normal(size=(4, 2, 3, 2)), rng.normal(size=(1, 4, 1, 1)))
    return layer


@pytest.fixture
def fc(rng):
    layer = nn_fc_layer(12, 5)
    layer.set_weights(rng.normal(size=(5, 12)), rng.normal(size=5))
    return layer


def with_weights(layer, W, b, x):
    """The layer's output for other weights."""
    kept = layer.get_weights()
    layer.set_weights(W, b)
    y = layer.forward(x)
    layer.set_weights(*kept)
    return y


class TestFirstWeights:
    def test_the_convolution_s_deviation_and_bias(self):
        np.random.seed(1)
        layer = nn_convolutional_layer(5, 4, 28, 3, 400)
        assert layer.W.shape == (400, 3, 5, 4)
        assert layer.W.dtype == layer.b.dtype == np.float64
        assert layer.W.std() == pytest.approx(1 / sqrt(3 * 5 * 4 / 2), rel=0.02)
        assert abs(layer.W.mean()) < 0.01
        assert layer.b.shape == (1, 400, 1, 1)
        assert (layer.b == 0.01).all()
        assert layer.input_size == 28

    def test_the_fully_connected_layer_s_deviation_and_bias(self):
        np.random.seed(1)
        layer = nn_fc_layer(300, 200)
        assert layer.W.shape == (200, 300)
        assert layer.W.std() == pytest.approx(1 / sqrt(300 / 2), rel=0.02)
        assert layer.b.shape == (200,)
        assert (layer.b == 0.01).all()

    def test_std_scales_them(self):
        pairs = []
        for std in (1.0, 3.0):
            np.random.seed(2)
            pairs.append((nn_convolutional_layer(3, 3, 8, 1, 2, std=std).W, nn_fc_layer(4, 2, std=std).W))
        np.testing.assert_allclose(pairs[1][0], 3 * pairs[0][0])
        np.testing.assert_allclose(pairs[1][1], 3 * pairs[0][1])

    def test_they_are_the_numbers_of_numpy_s_global_generator(self):
        np.random.seed(7)
        layer = nn_convolutional_layer(3, 3, 28, 1, 28)
        np.random.seed(7)
        np.testing.assert_array_equal(layer.W, np.random.normal(0, 1 / sqrt(9 / 2), (28, 1, 3, 3)))

    def test_both_names_of_the_filters_sides(self):
        named = nn_convolutional_layer(Wx_size=3, Wy_size=2, input_size=28, in_ch_size=1, out_ch_size=4)
        later = nn_convolutional_layer(f_height=3, f_width=2, input_size=28, in_ch_size=1, out_ch_size=4)
        assert (
            named.W.shape == later.W.shape == nn_convolutional_layer(3, 2, 28, 1, 4).W.shape == (4, 1, 3, 2)
        )

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            ({"Wx_size": 3, "f_height": 3, "Wy_size": 3}, "both"),
            ({"Wx_size": 3}, "Wy_size"),
            ({"f_height": 3, "f_width": 0}, "Wy_size"),
            ({"f_height": 3, "f_width": 2.5}, "2.5"),
        ],
    )
    def test_sides_that_make_no_sense(self, arguments, word):
        with pytest.raises(ArgumentError, match=word):
            nn_convolutional_layer(input_size=28, in_ch_size=1, out_ch_size=4, **arguments)

    def test_sizes_that_are_missing(self):
        with pytest.raises(ArgumentError, match="out_ch_size"):
            nn_convolutional_layer(3, 3, 28, 1)
        with pytest.raises(ArgumentError, match="input_size"):
            nn_fc_layer(-1, 10)


class TestConvolution:
    def test_forward_is_the_definition(self, conv, rng):
        x = rng.normal(size=(3, 2, 6, 5))
        read_only(x, *conv.get_weights())
        y = conv.forward(x)
        assert y.shape == (3, 4, 4, 4)
        assert y.dtype == np.float64
        np.testing.assert_allclose(y, convolved(x, conv.W, conv.b), rtol=1e-12)

    def test_backprop_is_the_gradient(self, conv, rng):
        x, dLdy = rng.normal(size=(2, 2, 5, 4)), rng.normal(size=(2, 4, 3, 3))
        read_only(x, dLdy, *conv.get_weights())
        dLdx, dLdW, dLdb = conv.backprop(x, dLdy)
        W, b = conv.get_weights()
        assert (dLdx.shape, dLdW.shape, dLdb.shape) == (x.shape, W.shape, b.shape)
        np.testing.assert_allclose(dLdx, differences(lambda x: convolved(x, W, b), x, dLdy), atol=1e-8)
        np.testing.assert_allclose(dLdW, differences(lambda W: convolved(x, W, b), W, dLdy), atol=1e-8)
        np.testing.assert_allclose(dLdb, differences(lambda b: convolved(x, W, b), b, dLdy), atol=1e-8)

    def test_weights_are_taken_by_reference_and_added_to_in_place(self, conv):
        W, b = np.ones((4, 2, 3, 2)), np.zeros((1, 4, 1, 1))
        conv.set_weights(W, b)
        assert conv.get_weights()[0] is W
        conv.update_weights(np.full(W.shape, 0.5), np.full(b.shape, -2.0))
        assert (conv.W == 1.5).all()
        assert (conv.b == -2).all()
        assert conv.W is W

    def test_whole_numbers_become_floats(self, conv):
        x = np.arange(60, dtype=np.uint8).reshape(1, 2, 6, 5)
        np.testing.assert_allclose(conv.forward(x), convolved(x.astype(float), conv.W, conv.b))

    def test_shapes_that_do_not_fit_are_named_in_the_course_s_words(self, conv):
        x, dLdy = np.zeros((1, 2, 6, 5)), np.zeros((1, 4, 4, 4))
        with pytest.raises(ShapeError, match=r"forward: expected x of shape \(batch_size, 2, in_width, in_h"):
            conv.forward(np.zeros((1, 3, 6, 5)))
        with pytest.raises(ShapeError, match=r"at least 3 x 2"):
            conv.forward(np.zeros((1, 2, 2, 5)))
        with pytest.raises(ShapeError, match=r"dLdy of shape \(1, 4, 4, 4\), got \(1, 4, 4, 3\)"):
            conv.backprop(x, dLdy[..., :3])
        with pytest.raises(ShapeError, match=r"update_weights: expected db of shape \(1, 4, 1, 1\)"):
            conv.update_weights(conv.W, np.zeros(4))
        with pytest.raises(ShapeError, match=r"set_weights: expected W of shape \(4, 2, 3, 2\)"):
            conv.set_weights(np.zeros((4, 2, 3, 3)), conv.b)


class TestFullyConnected:
    @pytest.mark.parametrize("shape", [(3, 12), (3, 2, 3, 2), (3, 4, 3)])
    def test_every_x_is_flattened(self, fc, rng, shape):
        x, dLdy = rng.normal(size=shape), rng.normal(size=(3, 5))
        read_only(x, dLdy, *fc.get_weights())
        W, b = fc.get_weights()
        y = fc.forward(x)
        assert y.dtype == np.float64
        expected = [[sum(W[o] * x[n].ravel()) + b[o] for o in range(5)] for n in range(3)]
        np.testing.assert_allclose(y, expected, rtol=1e-12)
        dLdx, dLdW, dLdb = fc.backprop(x, dLdy)
        assert (dLdx.shape, dLdW.shape, dLdb.shape) == (shape, W.shape, b.shape)
        np.testing.assert_allclose(dLdx, differences(fc.forward, x, dLdy), atol=1e-8)
        by_W = differences(lambda W: with_weights(fc, W, b, x), W, dLdy)
        by_b = differences(lambda b: with_weights(fc, W, b, x), b, dLdy)
        np.testing.assert_allclose(dLdW, by_W, atol=1e-8)
        np.testing.assert_allclose(dLdb, by_b, atol=1e-8)

    def test_update_adds_and_leaves_the_old_arrays(self, fc):
        W, b = np.ones((5, 12)), np.zeros(5)
        fc.set_weights(W, b)
        fc.update_weights(np.full(W.shape, 0.5), np.full(5, -2.0))
        assert (fc.get_weights()[0] == 1.5).all()
        assert (fc.get_weights()[1] == -2).all()
        assert (W == 1).all()

    def test_shapes_that_do_not_fit_are_named_in_the_course_s_words(self, fc):
        with pytest.raises(
            ShapeError, match=r"forward: expected x of shape \(batch_size, ...\) with 12 numbers"
        ):
            fc.forward(np.zeros((3, 13)))
        with pytest.raises(ShapeError, match=r"12 numbers for each of the batch, got \(12,\)"):
            fc.backprop(np.zeros(12), np.zeros((1, 5)))
        with pytest.raises(ShapeError, match=r"backprop: expected dLdy of shape \(2, 5\), got \(3, 5\)"):
            fc.backprop(np.zeros((2, 12)), np.zeros((3, 5)))
        with pytest.raises(ShapeError, match=r"set_weights: expected b of shape \(5,\)"):
            fc.set_weights(np.zeros((5, 12)), np.zeros((1, 5)))
        with pytest.raises(ShapeError, match=r"update_weights: expected dW of shape \(5, 12\)"):
            fc.update_weights(np.zeros((12, 5)), np.zeros(5))
