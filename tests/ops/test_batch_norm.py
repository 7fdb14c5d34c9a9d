import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ArgumentError, ShapeError

WEIGHT, BIAS = np.array([0.5, -2.0, 3.0]), np.array([1.0, 0.0, -4.0])


def maps(*shape):
    return np.random.default_rng(3).normal(5, 2, size=shape)


@pytest.mark.parametrize("shape", [(50, 3), (5, 3, 4, 2)])
def test_each_channel_gets_the_mean_bias_and_the_deviation_weight(shape):
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    y, _ = ops.batch_norm_forward(maps(*shape), WEIGHT, BIAS, eps=0.0)
    np.testing.assert_allclose(y.mean(axis=axes), BIAS, atol=1e-13)
    np.testing.assert_allclose(y.std(axis=axes), np.abs(WEIGHT), rtol=1e-13)


def test_the_cache_holds_the_statistics_that_running_ones_are_made_of():
    x = maps(6, 3, 2, 2)
    _, cache = ops.batch_norm_forward(x, WEIGHT, BIAS)
    values = np.moveaxis(x, 1, 0).reshape(3, -1)
    np.testing.assert_allclose(cache.mean, [row.mean() for row in values], rtol=1e-14)
    np.testing.assert_allclose(cache.var, [((row - row.mean()) ** 2).mean() for row in values], rtol=1e-13)
    assert cache.from_batch


def test_evaluation_uses_the_statistics_it_is_given():
    x = maps(4, 3)
    _, cache = ops.batch_norm_forward(x, WEIGHT, BIAS)
    trained = ops.batch_norm_forward(x, WEIGHT, BIAS)[0]
    y, evaluated = ops.batch_norm_forward(x, WEIGHT, BIAS, cache.mean, cache.var)
    assert np.array_equal(y, trained)
    assert not evaluated.from_batch
    one, _ = ops.batch_norm_forward(x[:1], WEIGHT, BIAS, cache.mean, cache.var)
    assert np.array_equal(one, y[:1])  # of the other images nothing depends


@pytest.mark.parametrize("shape", [(9, 3), (4, 3, 3, 2)])
def test_no_gradient_along_what_training_takes_away(shape):
    """Shifting a channel, or stretching it, changes y not at all: dx is orthogonal to both."""
    x = maps(*shape)
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    _, cache = ops.batch_norm_forward(x, WEIGHT, BIAS, eps=0.0)
    dx, _, _ = ops.batch_norm_backward(np.cos(7 * x), cache)
    assert abs(dx).max() > 0.01
    np.testing.assert_allclose(dx.sum(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose((dx * x).sum(axis=axes), 0, atol=1e-11)


def test_a_channel_without_variation_stays_finite():
    y, cache = ops.batch_norm_forward(np.full((4, 3), 7.0), WEIGHT, BIAS)
    assert np.array_equal(y, np.tile(BIAS, (4, 1)))
    assert np.isfinite(ops.batch_norm_backward(maps(4, 3), cache)[0]).all()


def test_a_large_mean_costs_no_digits_of_the_variance():
    """E[x²] - E[x]² would leave none."""
    x = np.array([[1e8], [1e8 + 1], [1e8 + 2]])
    _, cache = ops.batch_norm_forward(x, np.ones(1), np.zeros(1))
    assert cache.var.item() == pytest.approx(2 / 3, rel=1e-12)


THREE = np.ones(3)


@pytest.mark.parametrize(
    ("x", "statistics", "error", "words"),
    [
        ((4, 3, 2), {}, ShapeError, r"x of shape \(N, C\) or \(N, C, H, W\), got \(4, 3, 2\)"),
        ((3,), {}, ShapeError, r"x of shape \(N, C\) or \(N, C, H, W\), got \(3,\)"),
        (
            (4, 5),
            {},
            ShapeError,
            r"weight of shape \(5,\), one value for each channel of x, got \(3,\), with x of",
        ),
        ((4, 3), {"weight": np.ones(1)}, ShapeError, r"weight of shape \(3,\).*got \(1,\)"),
        ((4, 3), {"bias": np.ones(2)}, ShapeError, r"bias of shape \(3,\).*got \(2,\)"),
        (
            (4, 3),
            {"running_mean": np.ones(1), "running_var": THREE},
            ShapeError,
            r"running_mean of shape \(3,\).*got \(1,\)",
        ),
        (
            (4, 3),
            {"running_mean": THREE, "running_var": np.ones(4)},
            ShapeError,
            r"running_var of shape \(3,\).*got \(4,\)",
        ),
        (
            (4, 3),
            {"running_mean": THREE},
            ArgumentError,
            r"both running statistics, or neither, got one of them",
        ),
        (
            (4, 3),
            {"running_var": THREE},
            ArgumentError,
            r"both running statistics, or neither, got one of them",
        ),
        (
            (1, 3),
            {},
            ShapeError,
            r"more than one value for each channel in training, got \(1, 3\).*at least 2 images",
        ),
        (
            (1, 3, 1, 1),
            {},
            ShapeError,
            r"more than one value for each channel in training, got \(1, 3, 1, 1\)",
        ),
        ((0, 3), {}, ShapeError, r"more than one value for each channel in training, got \(0, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused(x, statistics, error, words):
    arguments = {"weight": WEIGHT, "bias": BIAS} | statistics
    with pytest.raises(error, match="^batch_norm: expected " + words):
        ops.batch_norm_forward(np.zeros(x), **arguments)
