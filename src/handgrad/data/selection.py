"""Which images are meant: a range, a slice, a list or an array of positions, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from handgrad._typing import AnyArray, IntArray
from handgrad.errors import DataError

Indices: TypeAlias = Sequence[int] | slice | AnyArray
"""Positions of images: a range, a list, an array of integers (or a mask of booleans), or a slice."""


def resolve(indices: Indices, count: int, where: str) -> slice | IntArray:
    """Turn positions into what indexes an array, as a slice (and so a view) where that is possible.

    Arguments:
        indices: the positions; negative ones count from the end, as in Python.
        count: the number of images that there are.
        where: the name for the error.

    Returns:
        A slice or an int64 array; both select at least one image.

    Raises:
        DataError: positions that are not integers, out of range, or none at all.

    Example:
        >>> resolve(range(2, 5), 10, "train")
        slice(2, 5, 1)
    """
    if isinstance(indices, slice):
        if len(range(*indices.indices(count))) == 0:
            raise _empty(where)
        return indices
    if isinstance(indices, range):
        if len(indices) == 0:
            raise _empty(where)
        if indices.step > 0 and indices[0] >= 0 and indices[-1] < count:
            return slice(indices.start, indices.stop, indices.step)
    positions = np.asarray(indices)
    if positions.dtype == bool and positions.shape == (count,):
        positions = np.flatnonzero(positions)
    if positions.size == 0:
        raise _empty(where)
    if positions.ndim != 1 or positions.dtype.kind not in "iu":
        raise DataError(
            where,
            expected="positions as a range, a slice, or a list of integers",
            got=f"an array of {positions.dtype} and shape {positions.shape}",
        )
    outside = (positions >= count) | (positions < -count)
    if outside.any():
        raise DataError(
            where,
            expected=f"positions from 0 to {count - 1}, as there are {count} images",
            got=f"{positions[outside][0]}",
            hint="ask for images that exist",
        )
    return positions.astype(np.int64, copy=False)


def _empty(where: str) -> DataError:
    return DataError(where, expected="at least one image", got="none", hint="check the range of positions")
