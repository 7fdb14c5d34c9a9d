"""Numbers for public checks: the same everywhere and always, short enough to be read and typed."""

import numpy as np

from handgrad._typing import Array


def normal(seed: int, *shape: int) -> Array:
    """Normal numbers with two decimals, none of them 0.

    Arguments:
        seed: another one, other numbers.
        shape: of the array.

    Example:
        >>> normal(1, 3)
        array([ 1.62, -0.61, -0.53])
    """
    numbers = np.random.RandomState(seed).standard_normal(shape).round(2)  # a stream that NumPy never changes
    return np.where(numbers == 0, 0.5, numbers)


def distinct(seed: int, *shape: int) -> Array:
    """Numbers of which no two are alike: which is the largest, is the same for every right solution.

    Arguments:
        seed: another one, another order.
        shape: of the array.

    Example:
        >>> distinct(1, 4)
        array([ 0.3,  0.1, -0.3, -0.1])
    """
    size = int(np.prod(shape))
    order = np.random.RandomState(seed).permutation(size)
    return ((2 * order + 1 - size) / 10).reshape(shape)
