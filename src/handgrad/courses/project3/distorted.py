"""Augmentation once instead of at every step: some distorted copies of every image to learn from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data import Compose, Dataset, ElasticTransform, RandomAffine
from handgrad.engine import Augmentation, choose_threads
from handgrad.errors import ArgumentError
from handgrad.randomness import Stream, generator

AT_ONCE = 250  # images: few enough to stay in the processor's cache

AFFINE = RandomAffine(degrees=10, translate=(0.07, 0.07), scale=(0.9, 1.1), shear=8)
ELASTIC = ElasticTransform(alpha=60, sigma=4)
DISTORTIONS: dict[str, tuple[Augmentation, ...]] = {
    "affine": (AFFINE,),
    "elastic": (ELASTIC,),
    "affine and elastic": (Compose([AFFINE, ELASTIC]),),
    "affine or elastic": (AFFINE, ELASTIC),
}
"""By the names that ``settings.toml`` uses; where there are two, the copies have them in turn."""


class Images:
    """The images to learn from, as they are or with distorted copies; the last kind asked for is kept.

    Arguments:
        part: the images as they are.
        copies: that a distortion adds.
        threads: that distort.
    """

    def __init__(self, part: Dataset, copies: int, threads: int | None) -> None:
        self.part, self.copies, self.threads = part, copies, threads
        self._kept: tuple[str, Dataset] = ("", part)

    def of(self, kind: str) -> Dataset:
        """The images themselves for no kind, else with their distorted copies."""
        if kind and self._kept[0] != kind:
            self._kept = (kind, distorted(self.part, kind, self.copies, threads=self.threads))
        return self._kept[1] if kind else self.part


def distorted(part: Dataset, kind: str, copies: int, *, seed: int = 0, threads: int | None = None) -> Dataset:
    """A data set of the images themselves and distorted copies of each.

    A network that learns from these has seen each digit in ``copies + 1`` hands. Drawing new distortions at
    every step would show it more, and cost several times what its training does.

    Arguments:
        part: images of bytes.
        kind: one of `DISTORTIONS`.
        copies: of each image.
        seed: of the distortions.
        threads: that distort; the result does not depend on them.

    Raises:
        ArgumentError: no such kind.

    Example:
        >>> part = Dataset(np.zeros((3, 28, 28), np.uint8), [0, 1, 2])
        >>> len(distorted(part, "affine", copies=4))
        15
    """
    if kind not in DISTORTIONS:
        raise ArgumentError("distorted", expected=f"one of {', '.join(DISTORTIONS)}", got=repr(kind))
    turns = DISTORTIONS[kind]
    portions = [(copy, start) for copy in range(copies) for start in range(0, len(part), AT_ONCE)]

    def distort(number: int) -> AnyArray:
        copy, start = portions[number]
        images = part.images[start : start + AT_ONCE]
        return turns[copy % len(turns)](images, generator(seed, Stream.AUGMENTATION, number))

    with ThreadPoolExecutor(choose_threads(threads)) as pool:
        made = list(pool.map(distort, range(len(portions))))
    return Dataset(
        np.concatenate([part.images, *made]),  # (n, H, W) -> (n (copies + 1), H, W)
        np.tile(part.labels, copies + 1),
        normalisation=part.normalisation,
        classes=part.classes,
        name=f"{part.name}, {kind}",
        names=part.names,
    )
