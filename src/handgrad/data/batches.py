"""From a data set of bytes to the batches that a network reads."""

from __future__ import annotations

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.data.dataset import Dataset
from handgrad.data.selection import Indices, resolve
from handgrad.errors import ArgumentError
from handgrad.randomness import Stream, generator


def batch(dataset: Dataset, indices: Indices) -> tuple[Array, IntArray]:
    """Some images as a network reads them, with their labels.

    Only these images are read and converted.

    Arguments:
        dataset: where they are, and how they are to be normalised.
        indices: a range, a slice, or a list or an array of positions.

    Returns:
        x (N, C, H, W), float32, and targets (N,), int64; both new arrays.

    Raises:
        DataError: a position out of range, or none at all.

    Example:
        >>> x, targets = batch(Dataset(np.zeros((9, 28, 28), np.uint8), [7] * 9), range(4))
        >>> x.shape, x.dtype, targets
        ((4, 1, 28, 28), dtype('float32'), array([7, 7, 7, 7]))
    """
    where = resolve(indices, len(dataset), f"batch of {dataset.name}")
    return dataset.normalisation.apply(dataset.images[where]), dataset.labels[where].copy()


def shuffled_indices(n: int, *, seed: int, epoch: int) -> IntArray:
    """The order in which an epoch visits its images: a function of seed and epoch, with no state to save.

    Arguments:
        n: the number of images.
        seed: the run's seed, 0 or more.
        epoch: the epoch's number, 0 or more.

    Returns:
        (n,) int64, each of 0 to n - 1 once.

    Raises:
        ArgumentError: a negative number.

    Example:
        >>> sorted(shuffled_indices(4, seed=0, epoch=2).tolist())
        [0, 1, 2, 3]
    """
    if min(n, seed, epoch) < 0:
        raise ArgumentError(
            "shuffled_indices", expected="n, seed and epoch of 0 or more", got=f"{n}, {seed} and {epoch}"
        )
    return generator(seed, Stream.ORDER, epoch).permutation(n).astype(np.int64, copy=False)
