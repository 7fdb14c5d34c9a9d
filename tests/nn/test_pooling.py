import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, ShapeError

X = np.random.default_rng(0).normal(size=(1, 2, 6, 7))


@pytest.mark.parametrize(("kind", "of"), [(hg.MaxPool2d, np.max), (hg.AvgPool2d, np.mean)])
def test_each_window_is_pooled(kind, of):
    y, _ = kind((2, 3), stride=(1, 2)).forward(X)
    assert y.shape == (1, 2, 5, 3)
    for c, u, v in np.ndindex(2, 5, 3):
        assert y[0, c, u, v] == pytest.approx(of(X[0, c, u : u + 2, 2 * v : 2 * v + 3]), rel=1e-12)


@pytest.mark.parametrize("kind", [hg.MaxPool2d, hg.AvgPool2d])
def test_without_a_stride_windows_stand_side_by_side(kind):
    np.testing.assert_array_equal(kind((2, 3)).forward(X)[0], kind((2, 3), stride=(2, 3)).forward(X)[0])
    assert kind((2, 3)).output_shape((2, 6, 7)) == (2, 3, 2)


def test_what_padding_counts_as():
    assert (hg.MaxPool2d(2, padding=1).forward(-np.ones((1, 1, 2, 2)))[0] == -1).all()
    assert (hg.AvgPool2d(2, padding=1).forward(np.ones((1, 1, 2, 2)))[0] == 0.25).all()


@pytest.mark.parametrize("kind", [hg.MaxPool2d, hg.AvgPool2d])
def test_windows_that_do_not_fit_are_found_before_any_image(kind):
    with pytest.raises(ShapeError, match="layer 0"):
        hg.Sequential([kind(5)], input_shape=(1, 4, 4))
    with pytest.raises((ArgumentError, ShapeError), match="layer 0"):
        hg.Sequential([kind(2, padding=2)], input_shape=(1, 4, 4)).forward(np.ones((1, 1, 4, 4)))
