"""How far two arrays are apart, and whole numbers for the report's matrices."""

from typing import Any

import numpy as np

from handgrad._typing import Array


def largest(difference: Array) -> float:
    """The largest number of an array, its sign aside.

    Example:
        >>> largest(np.array([1.0, -3.0]))
        3.0
    """
    return float(np.abs(difference).max())


def relative(a: Array, b: Array) -> float:
    """The largest difference, as a share of the largest value of the second array.

    Example:
        >>> relative(np.array([1.0, 3.0]), np.array([1.0, 4.0]))
        0.25
    """
    return float(np.abs(a - b).max() / max(float(np.abs(b).max()), 1e-300))


def whole(array: Array) -> Any:
    """An array of whole numbers as nested lists of them.

    Example:
        >>> whole(np.array([[1.0, 2.0]]))
        [[1, 2]]
    """
    assert np.array_equal(array, np.rint(array))  # the examples were chosen so
    return array.astype(int).tolist()
