"""The course's data: ``mnist_all.mat`` as columns of floats."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.data.mat import read_mat
from handgrad.data.parts import Part
from handgrad.errors import DataError

FILE = "mnist_all.mat"
SMALL = 20  # without fullset, one image of so many is kept

Loaded: TypeAlias = tuple[Array, IntArray, Array, IntArray, Array, IntArray]


def load_mnist(fullset: bool = True) -> Loaded:
    """Read ``mnist_all.mat`` from the working folder or the folder above it, and shuffle it.

    The order comes from NumPy's global generator (``np.random.seed`` makes it repeatable).

    Arguments:
        fullset: all images; else the first twentieth of each part.

    Returns:
        xtrain, ytrain, xval, yval, xtest, ytest: features (784, n), float64 from 0 to 1, and labels (n,); the
        last sixth of the shuffled training images is for validation: 50,000, 10,000 and 10,000 images.

    Raises:
        DataError: the file is missing or damaged.

    Example:
        >>> load_mnist.__name__  # needs the file
        'load_mnist'
    """
    parts = read_mat(_found())
    train, test = _shuffled(parts.train), _shuffled(parts.test)
    held_out = len(train.labels) - len(train.labels) // 6
    return (
        *_arrays(train.sliced(0, held_out), fullset=fullset),
        *_arrays(train.sliced(held_out, len(train.labels)), fullset=fullset),
        *_arrays(test, fullset=fullset),
    )


load_minst = load_mnist  # the document's name for it


def _arrays(part: Part, *, fullset: bool) -> tuple[Array, IntArray]:
    """Features and labels as the course has them."""
    kept = part if fullset else part.sliced(0, len(part.labels) // SMALL)
    rows = kept.images.reshape(len(kept.images), -1) / 255.0  # (n, H, W) -> (n, H·W)
    return rows.T, kept.labels  # (n, H·W) -> (H·W, n)


def _shuffled(part: Part) -> Part:
    order = np.random.permutation(len(part.labels))
    return Part(part.images[order], part.labels[order])


def _found() -> Path:
    for folder in (Path(), Path("..")):
        if (folder / FILE).is_file():
            return folder / FILE
    raise DataError(
        "load_mnist",
        expected=f"{FILE} in the working folder or the folder above it",
        got="none",
        hint="`handgrad course data cmu10601 .` writes it",
    )
