import numpy as np
import pytest

import handgrad as hg

X = np.array([[-30.0, -2.0, -0.5, 0.0, 0.5, 2.0, 30.0]])

FORMULAS = {
    hg.ReLU: lambda x: np.maximum(x, 0),
    lambda: hg.LeakyReLU(0.2): lambda x: np.where(x > 0, x, 0.2 * x),
    lambda: hg.PReLU(init=0.3): lambda x: np.where(x > 0, x, 0.3 * x),
    lambda: hg.ELU(1.5): lambda x: np.where(x > 0, x, 1.5 * (np.exp(x) - 1)),
    hg.Sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    hg.Tanh: lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
    hg.Softmax: lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True),
}


@pytest.mark.parametrize("make", FORMULAS, ids=lambda make: repr(make()))
def test_values_and_gradients_are_those_of_the_formula(make):
    formula, net = FORMULAS[make], hg.Sequential([make()], dtype=np.float64)
    y, cache = net.forward(X)
    np.testing.assert_allclose(y, formula(X), rtol=1e-6, atol=1e-12)  # PReLU's slope began as a float32
    away = X + 0.01  # from the kink at 0
    dy = np.random.default_rng(0).normal(size=X.shape)
    _, cache = net.forward(away)
    dx, _ = net.backward(dy, cache)
    for i in range(X.size):
        shift = np.eye(X.size)[i][None] * 1e-6
        numeric = ((formula(away + shift) - formula(away - shift)) * dy).sum() / 2e-6
        assert dx[0, i] == pytest.approx(numeric, rel=1e-5, abs=1e-8)


def test_a_slope_for_each_channel():
    layer = hg.PReLU(2)
    layer.weight.value[...] = [0.5, 0.25]
    y, _ = layer.forward(-np.ones((1, 2, 2, 2), "f"))
    assert y[0, 0].tolist() == [[-0.5, -0.5]] * 2
    assert y[0, 1].tolist() == [[-0.25, -0.25]] * 2


def test_softmax_along_another_axis():
    y, _ = hg.Softmax(dim=1).forward(np.random.default_rng(0).normal(size=(2, 3, 4, 5)))
    np.testing.assert_allclose(y.sum(axis=1), 1)
