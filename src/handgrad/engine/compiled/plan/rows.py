"""Where images enter a plan: the addresses of rows, and the kernel that lays them out in blocks."""

from __future__ import annotations

from math import ceil
from typing import Any, Literal

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.data import Normalisation
from handgrad.engine.compiled.kernels.layout import pieces, rows_to_blocks
from handgrad.engine.compiled.plan.builder import Builder


class Rows:
    """N rows of F numbers somewhere in memory, and their kernel.

    Arguments:
        build: of the plan.
        features: F.
        kind: of number.
        gradients: whether they are gradients: then lanes behind the last image hold zeros, for nothing
            must be learnt there. Else they hold the last image again: what is finite for it is so for them.
    """

    def __init__(
        self, build: Builder, features: int, kind: Literal["bytes", "floats"], *, gradients: bool = False
    ) -> None:
        self._repeats = not gradients
        self.features, self.kind, self.images = features, kind, build.images
        self._addresses = build.array((build.blocks * build.L,), np.int64)
        self._size = features * (1 if kind == "bytes" else 4)
        zeros = build.array((self._size,), np.uint8)
        self._addresses[:] = zeros.ctypes.data
        self._alive: AnyArray = zeros

    def append(
        self,
        build: Builder,
        *,
        normalisation: Normalisation | None = None,
        channels: int = 1,
        kept: Array | None = None,
    ) -> Array:
        """Append the kernel.

        Arguments:
            build: of the plan.
            normalisation: of bytes.
            channels: C of one image.
            kept: where the numbers are written as rows, too.

        Returns:
            the memory of the blocks, (B, F, L).
        """
        y = build.maps(self.features)
        mean, std = (
            self._each_feature(build, getattr(normalisation, word, None), channels)
            for word in ("mean", "std")
        )
        parameters = {
            "features": self.features,
            "kind": self.kind,
            "keeps_rows": kept is not None,
            "mean": normalisation is not None and bool(np.any(normalisation.mean)),
            "std": normalisation is not None and bool(np.any(np.asarray(normalisation.std) != 1)),
        }
        arguments = [self._addresses, y, y if kept is None else kept, mean, std]
        build.add(rows_to_blocks, parameters, arguments, build.blocks * pieces(self.features))
        return y

    def _each_feature(self, build: Builder, value: Any, channels: int) -> Array:
        """One number, or one for each channel, as one for each feature, and some more for whole vectors."""
        numbers = build.array((ceil(self.features / build.L) * build.L,))
        numbers[:] = 1
        if value is not None:
            each = np.broadcast_to(np.asarray(value, np.float32), (channels,))
            numbers[: self.features] = np.repeat(each, self.features // channels)
        return numbers

    def point_at(self, rows: AnyArray) -> None:
        """Read the rows of an array (N, ...), C-contiguous, which must stay alive until the plan has run."""
        self._alive = rows
        start = rows.ctypes.data
        self._addresses[: self.images] = np.arange(start, start + self.images * self._size, self._size)
        self._fill()

    def pick(self, images: AnyArray, indices: IntArray) -> None:
        """Read some rows of an array (n, ...), C-contiguous."""
        self._alive = images
        np.multiply(indices, self._size, out=self._addresses[: self.images])
        self._addresses[: self.images] += images.ctypes.data
        self._fill()

    def _fill(self) -> None:
        if self._repeats:
            self._addresses[self.images :] = self._addresses[self.images - 1]
