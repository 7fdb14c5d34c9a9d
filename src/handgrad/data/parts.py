"""What a reader returns and a writer takes: the arrays of each split, before they are data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.checked import checked_labels
from handgrad.errors import DataError


class Part(NamedTuple):
    """Images (n, H, W) or (n, C, H, W), and their labels (n,)."""

    images: AnyArray
    labels: AnyArray

    def sliced(self, start: int, stop: int) -> Part:
        """The images from ``start`` to ``stop``, as a view."""
        return Part(self.images[start:stop], self.labels[start:stop])


@dataclass(frozen=True)
class Parts:
    """The splits that a file or folder holds, and the names of its classes where it has them."""

    train: Part
    test: Part
    validation: Part | None = None
    names: tuple[str, ...] | None = None

    def check(self, where: str) -> None:
        """Raise a `DataError` where counts, shapes or dtypes do not fit together."""
        for split, part in (("train", self.train), ("validation", self.validation), ("test", self.test)):
            if part is None:
                continue
            checked_labels(part.labels, len(part.images), None, f"{where} ({split})")
            got, expected = part.images, self.train.images
            if (got.shape[1:], got.dtype) != (expected.shape[1:], expected.dtype):
                raise DataError(
                    f"{where} ({split})",
                    expected=f"images like those to learn from, {expected.dtype} of {expected.shape[1:]}",
                    got=f"{got.dtype} of {got.shape[1:]}",
                    hint="bring all splits to one form",
                )

    def training_file(self) -> Part:
        """Training and validation images in one, as formats without a validation split hold them."""
        if self.validation is None:
            return self.train
        return Part(
            np.concatenate([self.train.images, self.validation.images]),
            np.concatenate([self.train.labels, self.validation.labels]),
        )

    def held_out(self, validation: int | None, where: str) -> tuple[Part, Part]:
        """Training and validation images apart.

        Arguments:
            validation: how many images to hold out from the end of the training file; if None, the
                file's own validation split, and the last sixth where it has none.
            where: the name for the error.

        Returns:
            The training part and the validation part; views where possible.

        Raises:
            DataError: nothing would be left on one of the two sides.
        """
        if self.validation is not None and validation in (None, len(self.validation.labels)):
            return self.train, self.validation
        whole = self.training_file()
        count = len(whole.labels)
        size = max(1, count // 6) if validation is None else validation
        if not 0 < size < count:
            raise DataError(
                where,
                expected=f"1 to {count - 1} validation images, as {count} are there to learn from",
                got=str(size),
                hint="hold out fewer, and at least one",
            )
        return whole.sliced(0, count - size), whole.sliced(count - size, count)


def square_images(rows: AnyArray, where: str) -> AnyArray:
    """Images of flattened rows: without another word in the file, they are taken to be square and grey."""
    if rows.ndim != 2:
        return rows
    side = round(rows.shape[1] ** 0.5)
    if side * side != rows.shape[1]:
        raise DataError(
            where,
            expected="rows of square images, 784 pixels for 28x28",
            got=f"rows of {rows.shape[1]}",
            hint="save the images as (n, H, W)",
        )
    return rows.reshape(len(rows), side, side)  # (n, H * W) -> (n, H, W)


def rows_of(images: AnyArray, where: str) -> AnyArray:
    """Flattened rows, for formats that have no other way to write an image."""
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise DataError(
            where,
            expected="square grey images, as this format flattens them",
            got=f"images of {images.shape[1:]}",
            hint="convert to idx, npz or png instead",
        )
    return images.reshape(len(images), -1)  # (n, H, W) -> (n, H * W)
