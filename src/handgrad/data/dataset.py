"""A data set: images as bytes, labels, and how a network is to see them; and its three splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from handgrad._typing import AnyArray, IntArray
from handgrad.data.checked import checked_images, checked_labels
from handgrad.data.normalisation import Normalisation
from handgrad.data.selection import Indices, resolve
from handgrad.errors import DataError


class Dataset:
    """Images with their labels, of any size, channel count and number of classes.

    Images of bytes stay bytes; they become floats batch by batch (see `batch`).

    Arguments:
        images: (n, H, W) or (n, C, H, W), bytes from 0 to 255, or floats from 0 to 1.
        labels: (n,) integers, 0 to classes - 1.
        normalisation: what `batch` does to the pixels.
        classes: the number of classes; the largest label + 1 if not given.
        name: what errors and reports call it.
        names: the classes' names, one for each; "0", "1" and so on if not given.
        checksums: SHA-256 of the files that it was read from, by the files' names.

    Raises:
        DataError: no images, counts that differ, a wrong shape or dtype, a label outside the classes,
            a pixel that is NaN or infinite.

    Example:
        >>> Dataset(np.zeros((3, 8, 8), np.uint8), [0, 1, 1])
        Dataset('data': 3 images of (1, 8, 8), uint8, 2 classes)
    """

    def __init__(
        self,
        images: AnyArray,
        labels: AnyArray | Sequence[int],
        *,
        normalisation: Normalisation = Normalisation(),  # noqa: B008 (frozen)
        classes: int | None = None,
        name: str = "data",
        names: Sequence[str] | None = None,
        checksums: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.normalisation = normalisation
        self.images: AnyArray = checked_images(np.asarray(images), name)
        self.labels: IntArray = checked_labels(np.asarray(labels), len(self.images), classes, name)
        self.classes = int(self.labels.max()) + 1 if classes is None else int(classes)
        self.names = tuple(map(str, range(self.classes) if names is None else names))
        self.checksums: dict[str, str] = dict(checksums or {})
        if len(self.names) != self.classes:
            raise DataError(
                name, expected=f"a name for each of {self.classes} classes", got=f"{len(self.names)} names"
            )

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """The shape of one image as a network sees it, (C, H, W)."""
        channels = self.images.shape[1] if self.images.ndim == 4 else 1
        return channels, self.images.shape[-2], self.images.shape[-1]

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        images = "image" if len(self) == 1 else "images"
        return (
            f"Dataset({self.name!r}: {len(self)} {images} of {self.input_shape}, {self.images.dtype}, "
            f"{self.classes} classes)"
        )

    def take(self, indices: Indices) -> Dataset:
        """Some of the images, as a data set.

        Arguments:
            indices: a range, a slice, or a list or an array of positions.

        Returns:
            A data set with the same classes and normalisation; for a range or a slice a view of this one.

        Raises:
            DataError: a position out of range, or none at all.

        Example:
            >>> len(Dataset(np.zeros((9, 8, 8), np.uint8), [0] * 9).take(range(4)))
            4
        """
        where = resolve(indices, len(self), f"{self.name}.take")
        return self._like(self.images[where], self.labels[where], self.normalisation)

    def with_normalisation(self, normalisation: Normalisation) -> Dataset:
        """The same images and labels, not copied, with another normalisation.

        Arguments:
            normalisation: what `batch` is to do to the pixels.

        Returns:
            A data set that shares its arrays with this one.

        Example:
            >>> data = Dataset(np.zeros((1, 8, 8), np.uint8), [0])
            >>> data.with_normalisation(Normalisation(0.5)).normalisation
            Normalisation(mean=0.5, std=1.0)
        """
        return self._like(self.images, self.labels, normalisation)

    def _like(self, images: AnyArray, labels: IntArray, normalisation: Normalisation) -> Dataset:
        """A data set of the same kind, of arrays that were checked before."""
        other = object.__new__(Dataset)
        other.__dict__.update(self.__dict__)
        other.images, other.labels, other.normalisation = images, labels, normalisation
        return other


@dataclass(frozen=True)
class Splits:
    """The three parts of a data set: to learn from, to choose by, to report.

    Arguments:
        train: what the network learns from.
        validation: what settings and the best epoch are chosen by.
        test: what is reported; nothing is chosen by it.

    Example:
        >>> part = Dataset(np.zeros((9, 8, 8), np.uint8), [0] * 9)
        >>> len(Splits(part, part, part).limit(train=5).train)
        5
    """

    train: Dataset
    validation: Dataset
    test: Dataset

    def with_normalisation(self, normalisation: Normalisation) -> Splits:
        """The same images and labels with another normalisation in all three parts.

        Arguments:
            normalisation: what `batch` is to do to the pixels.

        Returns:
            Splits that share their arrays with these.

        Example:
            >>> part = Dataset(np.zeros((9, 8, 8), np.uint8), [0] * 9)
            >>> Splits(part, part, part).with_normalisation(Normalisation(0.5)).test.normalisation.mean
            0.5
        """
        parts = (part.with_normalisation(normalisation) for part in (self.train, self.validation, self.test))
        return Splits(*parts)

    def limit(
        self, train: int | None = None, validation: int | None = None, test: int | None = None
    ) -> Splits:
        """The first images of each part.

        Arguments:
            train: how many to keep for training; all if not given or if there are fewer.
            validation: how many to keep for validation.
            test: how many to keep for testing.

        Returns:
            Splits that are views of these.

        Raises:
            DataError: a limit below 1.

        Example:
            >>> part = Dataset(np.zeros((9, 8, 8), np.uint8), [0] * 9)
            >>> len(Splits(part, part, part).limit(test=2).test)
            2
        """
        return Splits(_first(self.train, train), _first(self.validation, validation), _first(self.test, test))


def _first(part: Dataset, count: int | None) -> Dataset:
    if count is not None and count < 1:
        raise DataError(f"{part.name}: limit", expected="at least 1 image of each part", got=str(count))
    return part if count is None else part.take(slice(count))
