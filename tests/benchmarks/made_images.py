"""Images that are not MNIST, in files that look like it."""

from pathlib import Path

import numpy as np

from handgrad._typing import ByteArray, IntArray
from handgrad.data.idx import write_idx_folder
from handgrad.data.parts import Part, Parts


def noise(count: int, seed: int) -> Part:
    """Images (n, 28, 28) of random bytes; of every class at least one, where there are ten."""
    rng = np.random.default_rng(seed)
    return Part(rng.integers(0, 256, (count, 28, 28), np.uint8), rng.permutation(np.arange(count) % 10))


def write_noise(folder: Path, *, train: int, test: int) -> tuple[ByteArray, IntArray]:
    """Write MNIST's four files, and return what there is to learn from."""
    parts = Parts(train=noise(train, 0), test=noise(test, 1))
    write_idx_folder(folder, parts)
    return parts.train


def easy(count: int, seed: int) -> Part:
    """Images (n, 28, 28) of which anyone can learn the class: it is the pair of rows that is bright."""
    images, labels = noise(count, seed)
    images //= 8
    for image, label in zip(images, labels, strict=True):
        image[4 + 2 * label : 6 + 2 * label] = 255
    return Part(images, labels)
