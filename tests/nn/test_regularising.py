import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ShapeError

RNG = np.random.default_rng(0)
BATCHES = [RNG.normal(2, 3, size=(6, 3, 4, 5)) for _ in range(4)]


def running(layer, batches):
    layer.astype(np.float64)
    for x in batches:
        layer.forward(x, training=True)
    return layer.running_mean.value, layer.running_var.value


def statistics(x):
    values = x.transpose(1, 0, 2, 3).reshape(3, -1)
    return values.mean(axis=1), values.var(axis=1, ddof=1)


@pytest.mark.parametrize("momentum", [0.1, 0.5, 1.0])
def test_running_statistics_move_by_their_share(momentum):
    mean, var = np.zeros(3), np.ones(3)
    for x in BATCHES:
        batch_mean, batch_var = statistics(x)
        mean = (1 - momentum) * mean + momentum * batch_mean
        var = (1 - momentum) * var + momentum * batch_var
    found = running(hg.BatchNorm2d(3, momentum=momentum), BATCHES)
    np.testing.assert_allclose(found, (mean, var), rtol=1e-12)


def test_without_momentum_they_are_the_plain_mean_of_the_batches():
    layer = hg.BatchNorm2d(3, momentum=None)
    found = running(layer, BATCHES)
    expected = np.mean([statistics(x) for x in BATCHES], axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert int(layer.num_batches_tracked.value) == 4


def test_training_uses_the_batch_and_evaluation_what_was_remembered():
    layer = hg.BatchNorm2d(3, eps=1e-3)
    mean, var = running(layer, BATCHES)
    layer.weight.value[...], layer.bias.value[...] = [1, 2, 3], [0, 5, -5]
    kept = mean.copy(), var.copy()
    x = BATCHES[0]
    y, _ = layer.forward(x)
    for c in range(3):
        expected = (x[:, c] - mean[c]) / np.sqrt(var[c] + 1e-3) * (c + 1) + [0, 5, -5][c]
        np.testing.assert_allclose(y[:, c], expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal((mean, var), kept)
    y, _ = layer.forward(x, training=True)
    biased = [x[:, c].var() for c in range(3)]
    np.testing.assert_allclose(y[:, 0], (x[:, 0] - x[:, 0].mean()) / np.sqrt(biased[0] + 1e-3), atol=1e-12)
    assert (mean != kept[0]).all()


def test_features_and_maps_are_told_apart():
    with pytest.raises(ShapeError, match=r"BatchNorm1d: expected x of shape \(N, 3\), got \(N, 3, 4, 4\)"):
        hg.BatchNorm1d(3).forward(np.ones((2, 3, 4, 4)))
    with pytest.raises(ShapeError, match=r"BatchNorm2d: expected x of shape \(N, 3, H, W\), got \(N, 3\)"):
        hg.BatchNorm2d(3).forward(np.ones((2, 3)))


def test_a_single_value_has_no_variance():
    with pytest.raises(ShapeError, match="a batch of at least 2 images"):
        hg.BatchNorm1d(3).forward(np.ones((1, 3)), training=True)
    assert hg.BatchNorm1d(3).forward(np.ones((1, 3)))[0].shape == (1, 3)
    assert hg.BatchNorm2d(3).forward(np.ones((1, 3, 2, 2)), training=True)[0].shape == (1, 3, 2, 2)


@pytest.mark.parametrize("p", [0.0, 0.25, 0.9, 1.0])
def test_dropout_drops_its_share_and_keeps_the_mean(p):
    x = np.ones((200, 500))
    layer = hg.Dropout(p)
    y, cache = layer.forward(x, training=True, rng=np.random.default_rng(1))
    assert (y == 0).mean() == pytest.approx(p, abs=0.01)
    assert set(np.unique(y)) <= {0.0, 1 / (1 - p) if p < 1 else 0.0}
    dx, _ = layer.backward(3 * x, cache)
    np.testing.assert_array_equal(dx, 3 * y)
    np.testing.assert_array_equal(layer.forward(x)[0], x)
