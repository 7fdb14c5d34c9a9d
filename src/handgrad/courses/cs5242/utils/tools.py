"""`utils.tools` of the course."""

import numpy as np

from handgrad._typing import AnyArray

__all__ = ["rel_error"]


def rel_error(x: AnyArray, y: AnyArray) -> float:
    """How far two arrays are apart: the mean of |x - y| / max(1e-8, |x| + |y|).

    Arguments:
        x, y: of one shape, or numbers.

    Example:
        >>> rel_error(np.array([1.0, 3.0]), np.array([3.0, 3.0]))
        0.25
    """
    x, y = np.asarray(x), np.asarray(y)
    return float(np.mean(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y))))
