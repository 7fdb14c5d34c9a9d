"""Moving pixels: from where each pixel of a result comes, and the values found there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ShapeError


class Places(NamedTuple):
    """Points in images, in pixels from the middle of the pixel at the top left.

    Arguments:
        rows: downwards, (N, H, W) or what broadcasts to it.
        columns: to the right, likewise.
    """

    rows: Array
    columns: Array


class Warp(ABC):
    """A transform that moves pixels: `RandomAffine`, `ElasticTransform`."""

    @abstractmethod
    def sources(self, places: Places, shape: tuple[int, int, int], rng: np.random.Generator) -> Places:
        """Where the transform fetches what it puts at some places.

        Arguments:
            places: in the result.
            shape: (N, H, W) of the batch.
            rng: where the randomness comes from.

        Returns:
            Places in the images that come in.
        """

    def __call__(self, images: AnyArray, rng: np.random.Generator) -> AnyArray:
        """Transform a batch, each image in its own way and all its channels alike; what comes in is black.

        Arguments:
            images: (N, H, W) or (N, C, H, W), bytes or floats.
            rng: where the randomness comes from.

        Returns:
            New images of the same shape and dtype.

        Raises:
            ShapeError: images of another shape.
        """
        return apply_warps([self], images, rng)


def apply_warps(warps: Sequence[Warp], images: AnyArray, rng: np.random.Generator) -> AnyArray:
    """Transform a batch by several warps, the first one first, with a single interpolation.

    Arguments:
        warps: at least one.
        images: (N, H, W) or (N, C, H, W), bytes or floats.
        rng: where the randomness comes from.

    Returns:
        New images of the same shape and dtype.

    Raises:
        ShapeError: images of another shape.
    """
    if images.ndim not in (3, 4):
        raise ShapeError(
            type(warps[0]).__name__, expected="images of (N, H, W) or (N, C, H, W)", got=str(images.shape)
        )
    N, H, W = len(images), *images.shape[-2:]
    places = Places(np.arange(float(H))[None, :, None], np.arange(float(W))[None, None, :])
    for warp in reversed(warps):  # from a place in the result back to one in the images
        places = warp.sources(places, (N, H, W), rng)
    return resample(images, places)


def resample(images: AnyArray, places: Places) -> AnyArray:
    """The images' values at some places, bilinear between pixels; beyond the edges they are 0.

    Arguments:
        images: (N, H, W) or (N, C, H, W).
        places: in each image; all its channels are looked up at the same.

    Returns:
        A new array of the images' shape and dtype; whole numbers are rounded to the nearest.

    Example:
        >>> image = np.array([[[0, 100, 200]]], np.uint8)
        >>> resample(image, Places(np.zeros((1, 1, 1)), np.array([[[0.25, 1, 2.5]]])))
        array([[[ 25, 100, 100]]], dtype=uint8)
    """
    N, H, W = len(images), *images.shape[-2:]
    C = images.shape[1] if images.ndim == 4 else 1
    planes = images.reshape(N, C, H, W)  # (N, H, W) -> (N, 1, H, W)
    top, down = _pixel_and_fraction(places.rows, H)
    left, right = _pixel_and_fraction(places.columns, W)
    first = np.arange(N * C).reshape(N, C, 1, 1) * ((H + 2) * (W + 2))
    index = first + (top * (W + 2) + left).reshape(-1, 1, *np.broadcast_shapes(top.shape, left.shape)[-2:])
    found = _neighbours(planes).take(index, axis=0).astype(np.float32, copy=False)  # -> (N, C, H, W, 4)
    down, right = down[:, None], right[:, None]  # (N, H, W) -> (N, 1, H, W)
    upper = _between(found[..., 0], found[..., 1], right)
    values = _between(upper, _between(found[..., 2], found[..., 3], right), down)
    if images.dtype.kind in "iu":
        np.rint(values, out=values)
    return values.astype(images.dtype, copy=False).reshape(images.shape)


def _pixel_and_fraction(places: Array, size: int) -> tuple[AnyArray, Array]:
    """The pixel at or before each place, counted from one before the first, and how far beyond it."""
    inside = np.clip(places + 1, 0, size + 1)
    pixel = np.floor(inside)
    fraction = (inside - pixel).astype(np.float32)
    return pixel.astype(np.intp), fraction


def _neighbours(planes: AnyArray) -> AnyArray:
    """Each pixel with those to its right, below, and below to the right: fetched together, they cost one.

    Returns:
        (N * C * (H + 2) * (W + 2), 4), with a black frame around each image.
    """
    N, C, H, W = planes.shape
    table = np.zeros((N, C, H + 2, W + 2, 4), planes.dtype)
    table[:, :, 1:-1, 1:-1, 0] = planes
    table[:, :, 1:-1, :-2, 1] = planes
    table[:, :, :-2, 1:-1, 2] = planes
    table[:, :, :-2, :-2, 3] = planes
    return table.reshape(-1, 4)  # (N, C, H + 2, W + 2, 4) -> (N * C * (H + 2) * (W + 2), 4)


def _between(a: Array, b: Array, fraction: Array) -> Array:
    difference = b - a
    difference *= fraction
    difference += a
    return difference
