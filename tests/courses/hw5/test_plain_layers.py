import math

import numpy as np
import pytest

from handgrad.courses.hw5 import (
    nn_activation_layer,
    nn_cross_entropy_layer,
    nn_max_pooling_layer,
    nn_softmax_layer,
)
from handgrad.errors import ArgumentError, DataError, ShapeError
from tests.courses.hw5.oracles import differences, pooled, read_only


@pytest.fixture
def rng():
    return np.random.default_rng(6)


class TestMaxPooling:
    @pytest.mark.parametrize(("stride", "side"), [(2, 2), (1, 3), (2, 3), (3, 2)])
    def test_values_and_gradient(self, rng, stride, side):
        layer = nn_max_pooling_layer(stride, side)
        x = rng.permutation(2 * 3 * 7 * 6).reshape(2, 3, 7, 6) / 10  # no two alike
        y = layer.forward(x)
        np.testing.assert_array_equal(y, pooled(x, stride, side))
        dLdy = rng.normal(size=y.shape)
        read_only(x, dLdy)
        expected = differences(lambda x: pooled(x, stride, side), x, dLdy)
        np.testing.assert_allclose(layer.backprop(x, dLdy), expected, atol=1e-8)

    def test_the_document_s_shapes(self):
        assert nn_max_pooling_layer(stride=2, pool_size=2).forward(np.zeros((4, 28, 26, 26))).shape == (
            4,
            28,
            13,
            13,
        )

    def test_the_first_of_equal_maxima_takes_the_gradient(self):
        x = np.array([[[[1.0, 5.0], [5.0, 0.0]]]])
        dLdx = nn_max_pooling_layer(2, 2).backprop(x, np.array([[[[3.0]]]]))
        np.testing.assert_array_equal(dLdx, [[[[0, 3], [0, 0]]]])

    def test_what_does_not_fit(self):
        layer = nn_max_pooling_layer(2, 2)
        with pytest.raises(
            ShapeError, match=r"x of shape \(batch_size, in_channel_size, in_width, in_height\)"
        ):
            layer.forward(np.zeros((4, 4)))
        with pytest.raises(ShapeError, match=r"dLdy of shape \(1, 1, 2, 2\)"):
            layer.backprop(np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 4, 4)))
        with pytest.raises(ArgumentError, match="stride"):
            nn_max_pooling_layer(0, 2)


class TestActivation:
    def test_values_and_gradient(self):
        x = np.array([[-2.0, 0.0, 3.0]])
        dLdy = np.array([[7.0, 7.0, 7.0]])
        read_only(x, dLdy)
        np.testing.assert_array_equal(nn_activation_layer().forward(x), [[0, 0, 3]])
        np.testing.assert_array_equal(nn_activation_layer().backprop(x, dLdy), [[0, 0, 7]])

    def test_any_shape(self, rng):
        x = rng.normal(size=(2, 3, 4, 5))
        y = nn_activation_layer().forward(x)
        assert [float(v) for v in y.flat] == [max(float(v), 0.0) for v in x.flat]
        assert not np.shares_memory(x, y)

    def test_what_does_not_fit(self):
        with pytest.raises(
            ShapeError, match=r"nn_activation_layer.backprop: expected dLdy of shape \(2, 3\)"
        ):
            nn_activation_layer().backprop(np.zeros((2, 3)), np.zeros(3))


class TestSoftmax:
    def test_values(self, rng):
        x = rng.normal(size=(3, 4))
        rows = [[math.exp(v) / sum(math.exp(w) for w in row) for v in row] for row in x.tolist()]
        np.testing.assert_allclose(nn_softmax_layer().forward(x), rows, rtol=1e-12)
        np.testing.assert_allclose(nn_softmax_layer().forward(np.array([[1e4, 1e4]])), [[0.5, 0.5]])

    def test_the_full_jacobian_for_any_gradient_that_comes_in(self, rng):
        x, dLdy = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
        read_only(x, dLdy)
        expected = np.empty_like(x)
        for n, row in enumerate(x):
            y = np.exp(row) / np.exp(row).sum()
            expected[n] = (np.diag(y) - np.outer(y, y)).T @ dLdy[n]
        dLdx = nn_softmax_layer().backprop(x, dLdy)
        np.testing.assert_allclose(dLdx, expected, atol=1e-14)
        np.testing.assert_allclose(dLdx, differences(nn_softmax_layer().forward, x, dLdy), atol=1e-8)

    def test_what_does_not_fit(self):
        with pytest.raises(ShapeError, match=r"x of shape \(batch_size, classes\)"):
            nn_softmax_layer().forward(np.zeros(4))
        with pytest.raises(ShapeError, match=r"dLdy of shape \(2, 4\)"):
            nn_softmax_layer().backprop(np.zeros((2, 4)), np.zeros((2, 3)))


class TestCrossEntropy:
    def test_values_worked_out_by_hand(self):
        x, y = np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0], np.uint8)
        read_only(x, y)
        loss = nn_cross_entropy_layer().forward(x, y)
        assert isinstance(loss, np.float64)
        assert loss == pytest.approx(-(math.log(0.75) + math.log(0.5)) / 2)
        expected = [[0, -1 / (2 * 0.75)], [-1 / (2 * 0.5), 0]]
        np.testing.assert_allclose(nn_cross_entropy_layer().backprop(x, y), expected)

    def test_gradient(self, rng):
        x, y = rng.uniform(0.1, 1, size=(4, 3)), np.array([2, 0, 1, 2])
        expected = differences(lambda x: nn_cross_entropy_layer().forward(x, y), x, np.array(1.0))
        np.testing.assert_allclose(nn_cross_entropy_layer().backprop(x, y), expected, atol=1e-7)

    def test_what_does_not_fit(self):
        layer, x = nn_cross_entropy_layer(), np.full((2, 3), 1 / 3)
        with pytest.raises(ShapeError, match=r"forward: expected y of shape \(2,\), got \(2, 3\)"):
            layer.forward(x, x)
        with pytest.raises(ShapeError, match=r"backprop: expected x of shape \(batch_size, classes\)"):
            layer.backprop(x[0], np.array([1]))
        with pytest.raises(
            ShapeError, match=r"layer.forward: expected y of shape \(2,\), whole numbers, got"
        ):
            layer.forward(x, np.zeros(2))
        with pytest.raises(DataError, match="from 0 to 2"):
            layer.forward(x, np.array([0, 3]))
