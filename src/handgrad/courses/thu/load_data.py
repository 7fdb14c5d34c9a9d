"""`load_data` of the course: MNIST from its four idx files."""

from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.data.idx import FILES, find_idx, read_idx
from handgrad.errors import DataError

__all__ = ["load_mnist_4d"]


def load_mnist_4d(data_dir: str | Path) -> tuple[Array, Array, IntArray, IntArray]:
    """Read MNIST as the course does: (pixels - 128) / 255, one channel.

    Arguments:
        data_dir: the folder of ``train-images-idx3-ubyte`` and its three companions; a dot in the place of
            the last hyphen (``train-images.idx3-ubyte``) and packed files (``.gz``) are taken too.

    Returns:
        Training images, test images (n, 1, 28, 28) float64; training labels, test labels (n,), bytes.

    Raises:
        DataError: a file is missing or damaged, or holds something else.

    Example:
        >>> load_mnist_4d("nowhere")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere: expected train-images-idx3-ubyte, ...
    """
    found = find_idx(Path(data_dir))
    missing = [name for role, name in FILES.items() if role not in found]
    if missing:
        raise DataError(
            str(data_dir),
            expected=", ".join(FILES.values()),
            got=f"no {', no '.join(missing)}",
            hint="`handgrad course data thu DIR` writes them to DIR/data",
        )
    train, test = (_split(found[f"{name}-images"], found[f"{name}-labels"]) for name in ("train", "test"))
    return train[0], test[0], train[1], test[1]


def _split(images: Path, labels: Path) -> tuple[Array, IntArray]:
    pixels, digits = read_idx(images, "images"), read_idx(labels, "labels")
    if len(pixels) != len(digits):
        raise DataError(
            str(labels), expected=f"{len(pixels)} labels, one for each image", got=str(len(digits))
        )
    return _normalised(pixels), digits


def _normalised(pixels: AnyArray) -> Array:
    shape = (len(pixels), 1, *pixels.shape[-2:])
    return (pixels.astype(np.float64).reshape(shape) - 128.0) / 255.0  # (n, H, W) -> (n, 1, H, W)
