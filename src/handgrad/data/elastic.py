"""Elastic deformation: every pixel is pulled a little aside, its neighbours nearly as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from handgrad._typing import Array
from handgrad.data.warp import Places, Warp, resample
from handgrad.errors import ArgumentError

LARGEST = {"alpha": 1e6, "sigma": 1e3}  # sizes beyond which float32 or the memory would give out


@dataclass(frozen=True)
class ElasticTransform(Warp):
    """Move each pixel at random, smoothly from one to the next, as an unsteady hand does.

    A number between −1 and 1 is drawn for each pixel and direction; these are smoothed by a Gaussian and
    multiplied by ``alpha / 2``, which gives the way in pixels; what comes in from outside is black. The
    meanings are those of torchvision's class of this name, which measures images from −1 to 1, hence the
    half: the article's alpha of 34 with its sigma of 4 is ``ElasticTransform(68, 4)``.

    Source: Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", ICDAR 2003.

    Arguments:
        alpha: how far pixels move; a typical pixel of a large image moves 0.08 alpha / sigma pixels in each
            direction (that is the standard deviation).
        sigma: of the Gaussian, in pixels: over which distance pixels move alike.

    Raises:
        ArgumentError: a negative alpha, a sigma that is not above 0, or one beyond all measure.

    Example:
        >>> images = np.zeros((2, 28, 28), np.uint8)
        >>> ElasticTransform(alpha=60, sigma=4)(images, np.random.default_rng(0)).shape
        (2, 28, 28)
    """

    alpha: float = 50.0
    sigma: float = 5.0

    def __post_init__(self) -> None:
        for name, largest in LARGEST.items():
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 <= value <= largest or (name == "sigma" and value == 0):
                least = "above 0" if name == "sigma" else "of 0 or more"
                expected = f"{name} as a number {least}, {largest:,.0f} at most"
                raise ArgumentError("ElasticTransform", expected=expected, got=str(value))

    def sources(self, places: Places, shape: tuple[int, int, int], rng: np.random.Generator) -> Places:
        """Each place and the way that the field of its image gives there, 0 beyond the edges."""
        N, H, W = shape
        rows, columns = places
        field = self._field(N, H, W, rng)
        if rows.shape[2] > 1 or columns.shape[1] > 1:  # not the pixels themselves: another warp comes later
            field = resample(field, places)
        return Places(rows + field[:, 1], columns + field[:, 0])

    def _field(self, N: int, H: int, W: int, rng: np.random.Generator) -> Array:
        """How far each pixel's source lies to the right and below, (N, 2, H, W)."""
        noise = rng.random((N, 2, H, W), np.float32)
        # the weights of a blur sum to 1: it turns 2 noise - 1 into 2 blur(noise) - 1
        smooth = np.float32(self.alpha) * _blur(H, self.sigma) @ noise @ _blur(W, self.sigma).T
        field: Array = smooth - np.float32(self.alpha / 2)
        return field


@cache
def _blur(size: int, sigma: float) -> Array:
    """Gaussian smoothing of ``size`` values in a row, as a matrix (size, size).

    As in torchvision, the Gaussian ends at 4 sigma, and beyond the ends the values are mirrored, the last
    one not repeated.
    """
    reach = int(4 * sigma + 0.5)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    period = max(2 * (size - 1), 1)
    to = np.abs(np.arange(size)[:, None] + offsets) % period
    to = np.minimum(to, period - to) if size > 1 else np.zeros_like(to)
    matrix = np.zeros((size, size))
    np.add.at(matrix, (np.arange(size)[:, None], to), weights / weights.sum())
    return matrix.astype(np.float32)
