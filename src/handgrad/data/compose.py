"""Several augmentations as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.warp import Warp, apply_warps
from handgrad.errors import ArgumentError

Transform: TypeAlias = Callable[[AnyArray, np.random.Generator], AnyArray]


@dataclass(frozen=True)
class Compose:
    """Apply augmentations one after the other.

    Neighbours that move pixels (`RandomAffine`, `ElasticTransform`) are joined to one movement, so that
    pixels are interpolated once: quicker, and less blurred than by one after the other. Quickest is the
    affine transform first and the elastic one last.

    Arguments:
        transforms: functions of a batch of images and a generator.

    Raises:
        ArgumentError: no transforms, or something that is none.

    Example:
        >>> from handgrad.data import ElasticTransform, RandomAffine
        >>> both = Compose([RandomAffine(degrees=10), ElasticTransform(alpha=60)])
        >>> both(np.zeros((2, 28, 28), np.uint8), np.random.default_rng(0)).shape
        (2, 28, 28)
    """

    transforms: Sequence[Transform]

    def __post_init__(self) -> None:
        listed = self.transforms if isinstance(self.transforms, Sequence) else ()
        if not listed or not all(map(callable, listed)):
            expected = "a list of augmentations, such as [RandomAffine(10), ElasticTransform()]"
            raise ArgumentError("Compose", expected=expected, got=str(self.transforms))
        object.__setattr__(self, "transforms", tuple(listed))

    def __call__(self, images: AnyArray, rng: np.random.Generator) -> AnyArray:
        """Transform a batch.

        Arguments:
            images: (N, H, W) or (N, C, H, W), bytes or floats.
            rng: where the randomness comes from.

        Returns:
            New images.

        Raises:
            ShapeError: images of another shape.
        """
        for moves, group in groupby(self.transforms, lambda transform: isinstance(transform, Warp)):
            if moves:
                images = apply_warps([warp for warp in group if isinstance(warp, Warp)], images, rng)
            else:
                for transform in group:
                    images = transform(images, rng)
        return images
