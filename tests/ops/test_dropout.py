import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ArgumentError

COUNT = 100_000


def generator():
    return np.random.default_rng(11)


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5, 0.9])
def test_the_share_p_is_dropped_and_the_mean_stays(p):
    """Within four standard deviations of COUNT independent draws."""
    y, _ = ops.dropout_forward(np.ones(COUNT), p, generator())
    assert abs((y == 0).mean() - p) < 4 * np.sqrt(p * (1 - p) / COUNT)
    assert abs(y.mean() - 1) < 4 * np.sqrt(p / (1 - p) / COUNT)
    assert set(np.unique(y)) == {0.0, 1 / (1 - p)}


def test_neighbours_are_dropped_independently():
    """Half of the pairs along either axis agree: no row, column or channel is dropped as a whole."""
    y, _ = ops.dropout_forward(np.ones((300, 300)), 0.5, generator())
    for along in (y[1:] == y[:-1], y[:, 1:] == y[:, :-1]):
        assert abs(along.mean() - 0.5) < 0.01


def test_both_dtypes_draw_the_same_mask():
    """And leave the generator in the same state, so that the next layer's mask is the same too."""
    one, other = generator(), generator()
    single, _ = ops.dropout_forward(np.ones((50, 7), np.float32), 0.3, one)
    double, _ = ops.dropout_forward(np.ones((50, 7), np.float64), 0.3, other)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    assert np.array_equal(single == 0, double == 0)
    assert one.bit_generator.state == other.bit_generator.state


def test_each_call_draws_a_new_mask():
    rng = generator()
    first, second = (ops.dropout_forward(np.ones(100), 0.5, rng)[0] for _ in range(2))
    assert not np.array_equal(first, second)


def test_the_backward_drops_what_the_forward_dropped():
    x = np.arange(1.0, 101.0)
    y, cache = ops.dropout_forward(x, 0.3, generator())
    np.testing.assert_allclose(ops.dropout_backward(x, cache), y, rtol=1e-15)


def test_evaluation_needs_and_uses_no_generator():
    x = np.arange(6.0)
    rng = generator()
    y, cache = ops.dropout_forward(x, 0.5, rng, training=False)
    assert np.array_equal(y, x)
    assert rng.bit_generator.state == generator().bit_generator.state
    assert np.array_equal(ops.dropout_backward(x, cache), x)
    assert np.array_equal(ops.dropout_forward(x, 0.5, None, training=False)[0], x)


def test_everything_dropped_is_zero_and_not_nan():
    y, cache = ops.dropout_forward(np.ones(100), 1.0, generator())
    assert not y.any()
    assert not ops.dropout_backward(np.ones(100), cache).any()


@pytest.mark.parametrize("p", [-0.1, 1.1, 50, float("nan")])
@pytest.mark.parametrize("training", [True, False])
def test_a_share_that_is_none_is_refused(p, training):
    with pytest.raises(ArgumentError, match=f"^dropout: expected p, the share dropped, from 0 to 1, got {p}"):
        ops.dropout_forward(np.ones(3), p, generator(), training)


def test_training_without_a_generator_is_refused():
    with pytest.raises(
        ArgumentError, match=r"generator for the mask, got None\. Hint: rng=np\.random\.default_rng"
    ):
        ops.dropout_forward(np.ones(3), 0.5, None)
