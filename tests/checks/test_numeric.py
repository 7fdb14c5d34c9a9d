"""Slopes: along a direction, at kinks, element by element."""

import numpy as np
import pytest

from handgrad.checks.bands import band
from handgrad.checks.numeric import agrees, by_element, direction, is_kink, relative_error, slopes


def cubes(x):
    return float((x**3).sum())


def test_a_right_slope_agrees_and_a_wrong_one_does_not() -> None:
    x = np.array([[0.5, -1.0], [2.0, 0.25]])
    along = direction(x.shape)
    claimed = float((3 * x**2 * along).sum())
    assert agrees(cubes, x, along, claimed)
    assert not agrees(cubes, x, along, claimed * 1.001)
    assert not agrees(cubes, x, along, -claimed)


def test_slopes_on_both_sides() -> None:
    found = slopes(lambda x: float(np.abs(x).sum()), np.zeros(1), np.ones(1), 1e-5)
    assert (found.left, found.right, found.central) == pytest.approx((-1, 1, 0))


def test_a_kink_is_told_from_a_bend() -> None:
    relu = lambda x: float(np.maximum(x, 0).sum())  # noqa: E731
    one = np.ones(1)
    assert is_kink(relu, np.zeros(1), one)
    assert not is_kink(relu, np.array([0.3]), one)
    assert not is_kink(cubes, np.array([0.01]), one)
    assert not is_kink(lambda x: float(np.exp(5 * x).sum()), np.array([1.0]), one)


def test_element_by_element_with_kinks_marked() -> None:
    x = np.array([1.0, 0.0, -2.0])
    found = by_element(lambda x: float((np.maximum(x, 0) * [2, 3, 4]).sum()), x)
    np.testing.assert_allclose(found.gradient[[0, 2]], [2, 0], atol=1e-9)
    np.testing.assert_array_equal(found.kinks, [False, True, False])


def test_relative_errors() -> None:
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert relative_error(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx(1 / 3)
    assert relative_error(np.array([np.nan]), np.array([1.0])) == np.inf
    assert relative_error(np.array(2.0), np.array(2.0)) == 0
    assert relative_error(np.array([1e-8]), np.array([0.0])) < 1e-5  # what float32 leaves of a sum of 0


@pytest.mark.parametrize(
    ("error", "verdict"), [(0, "right"), (9e-6, "right"), (1e-4, "doubtful"), (0.3333, "wrong")]
)
def test_bands(error: float, verdict: str) -> None:
    assert band(error)[0] == verdict
