"""`utils.datasets` of the course: MNIST from Keras's ``mnist.npz``."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.data.npz import read_npz
from handgrad.errors import ArgumentError, DataError

__all__ = ["MNIST"]

PLACE = Path("data", "mnist.npz")
TRAINING_SHARE = 0.8  # of the training file; the rest is the validation split


class MNIST:
    """The first 80% of the training file to train, the rest to validate, and the test file.

    After `load`: ``x_train``, ``x_val`` and ``x_test`` (n, 1, 28, 28), float64 from 0 to 1; ``y_train``,
    ``y_val`` and ``y_test`` (n,); ``num_train`` (48,000), ``num_val`` (12,000) and ``num_test`` (10,000).

    Example:
        >>> MNIST().num_train
        0
    """

    x_train: Array
    x_val: Array
    x_test: Array
    y_train: IntArray
    y_val: IntArray
    y_test: IntArray

    def __init__(self) -> None:
        self.num_train = self.num_val = self.num_test = 0

    def load(self, path: str | Path = PLACE) -> None:
        """Read the file, and print how many images there are.

        Arguments:
            path: the file.

        Raises:
            DataError: it is missing or damaged.
        """
        if not Path(path).exists():
            raise DataError(
                str(path),
                expected="MNIST as Keras distributes it",
                got="no file",
                hint="`handgrad course data cs5242 .` writes data/mnist.npz here",
            )
        parts = read_npz(path)
        parts.check(str(path))
        images, labels = _floats(parts.train.images), parts.train.labels
        self.num_train = int(len(images) * TRAINING_SHARE)
        self.num_val = len(images) - self.num_train
        self.x_train, self.x_val = images[: self.num_train], images[self.num_train :]
        self.y_train, self.y_val = labels[: self.num_train], labels[self.num_train :]
        self.x_test, self.y_test = _floats(parts.test.images), parts.test.labels
        self.num_test = len(self.x_test)
        print(f"Number of training images: {self.num_train}")
        print(f"Number of validation images: {self.num_val}")
        print(f"Number of testing images: {self.num_test}")

    def train_loader(self, batch: int, shuffle: bool = True) -> Iterator[tuple[Array, IntArray]]:
        """Training batches without an end.

        Arguments:
            batch: images in each.
            shuffle: draw them from NumPy's global state, with replacement, as the course does; or one after
                the other, leaving out what does not fill a batch.

        Yields:
            images (batch, 1, 28, 28) and labels (batch,).

        Raises:
            ArgumentError: nothing was loaded.
        """
        self._check_loaded("train_loader")
        start = 0
        while True:
            if shuffle:
                chosen = np.random.choice(self.num_train, batch)
            else:
                start = start if start + batch <= self.num_train else 0
                chosen = np.arange(start, start + batch)
                start += batch
            yield self.x_train[chosen], self.y_train[chosen]

    def val_loader(self, batch: int) -> Iterator[tuple[Array, IntArray]]:
        """Every validation image once, in order; the last batch may be smaller."""
        self._check_loaded("val_loader")
        return _in_order(self.x_val, self.y_val, batch)

    def test_loader(self, batch: int) -> Iterator[tuple[Array, IntArray]]:
        """Every test image once, in order; the last batch may be smaller."""
        self._check_loaded("test_loader")
        return _in_order(self.x_test, self.y_test, batch)

    def _check_loaded(self, method: str) -> None:
        if not self.num_train:
            hint = "load() must be called first"
            raise ArgumentError(f"MNIST.{method}", expected="loaded images", got="none", hint=hint)


def _floats(images: AnyArray) -> Array:
    return (images / 255.0).reshape(len(images), 1, *images.shape[-2:])  # (n, H, W) -> (n, 1, H, W)


def _in_order(images: Array, labels: IntArray, batch: int) -> Iterator[tuple[Array, IntArray]]:
    for start in range(0, len(images), batch):
        yield images[start : start + batch], labels[start : start + batch]
