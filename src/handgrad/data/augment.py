"""Random rotation, shift, scaling and shear of whole batches: what makes a network read strange hands."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from handgrad._typing import Array
from handgrad.data.warp import Places, Warp
from handgrad.errors import ArgumentError

Range = tuple[float, float]


@dataclass(frozen=True)
class RandomAffine(Warp):
    """Turn, shift, scale and shear each image at random, about its middle; what comes in is black.

    The meanings are those of torchvision's class of this name.

    Arguments:
        degrees: the rotation's range in degrees: (low, high), or one number d for (-d, d).
        translate: the largest shift right or left and down or up, as fractions of the width and height;
            shifts are whole pixels.
        scale: the range of the factor of size: (low, high).
        shear: the range of the shear in degrees: (low, high) or one number s for (-s, s), along x;
            four numbers for x and y.

    Raises:
        ArgumentError: a range that makes no sense.

    Example:
        >>> images = np.zeros((2, 28, 28), np.uint8)
        >>> RandomAffine(degrees=10, translate=(0.1, 0.1))(images, np.random.default_rng(0)).shape
        (2, 28, 28)
    """

    degrees: float | Range = 0
    translate: Range | None = None
    scale: Range | None = None
    shear: float | Range | tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):  # as TOML gives it
                object.__setattr__(self, field.name, tuple(value))
        _range("degrees", self.degrees)
        if self.translate is not None:
            pair = self.translate if isinstance(self.translate, tuple) else ()
            fractions = len(pair) == 2 and all(0 <= fraction <= 1 for fraction in pair)
            _require("translate", fractions, "two fractions from 0 to 1", self.translate)
        if self.scale is not None:
            low, _ = _range("scale", self.scale)
            _require("scale", low > 0, "factors above 0", self.scale)
        for low, high in self._shears():
            _require("shear", low > -90 and high < 90, "degrees between -90 and 90", self.shear)

    def sources(self, places: Places, shape: tuple[int, int, int], rng: np.random.Generator) -> Places:
        """The inverse of each image's matrix, about its middle."""
        N, H, W = shape
        matrices, shifts = self._draw(N, H, W, rng)
        back = np.linalg.inv(matrices)
        middle = np.array([(W - 1) / 2, (H - 1) / 2])
        moved = middle - (back @ (middle + shifts)[:, :, None])[:, :, 0]  # (N, 2, 2) @ (N, 2, 1) -> (N, 2)
        rows, columns = places
        (xx, xy, x), (yx, yy, y) = (
            np.concatenate([back[:, axis], moved[:, axis, None]], axis=1).T[:, :, None, None]
            for axis in (0, 1)
        )  # six of (N, 1, 1)
        return Places(yx * columns + y + yy * rows, xx * columns + x + xy * rows)

    def _draw(self, N: int, H: int, W: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Rotation times shear times scale for each image (N, 2, 2), and shifts right and down (N, 2)."""
        angle = np.deg2rad(rng.uniform(*_range("degrees", self.degrees), N))
        across, down = self.translate or (0.0, 0.0)
        shifts = np.rint(rng.uniform(-1, 1, (N, 2)) * (across * W, down * H))
        factor = rng.uniform(*(self.scale or (1.0, 1.0)), N)
        shear_x, shear_y = (np.tan(np.deg2rad(rng.uniform(*pair, N))) for pair in self._shears())
        one, none = np.ones(N), np.zeros(N)
        rotation = _matrices(np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle))
        shear = _matrices(one, none, -shear_y, one) @ _matrices(one, -shear_x, none, one)
        return rotation @ shear * factor[:, None, None], shifts

    def _shears(self) -> tuple[Range, Range]:
        if isinstance(self.shear, tuple) and len(self.shear) == 4:
            return _range("shear", self.shear[:2]), _range("shear", self.shear[2:])
        return _range("shear", self.shear or 0), (0.0, 0.0)


def _matrices(a: Array, b: Array, c: Array, d: Array) -> Array:
    return np.stack([a, b, c, d], axis=-1).reshape(-1, 2, 2)  # four (N,) -> (N, 2, 2)


def _range(name: str, value: object) -> Range:
    if isinstance(value, (int, float)):
        _require(name, value >= 0, "one number of 0 or more, or (low, high)", value)
        return -float(value), float(value)
    pair = value if isinstance(value, tuple) else ()
    ordered = len(pair) == 2 and bool(np.isfinite(pair).all()) and pair[0] <= pair[1]
    _require(name, ordered, "(low, high)", value)
    return float(pair[0]), float(pair[1])


def _require(name: str, condition: bool, expected: str, got: object) -> None:
    if not condition:
        raise ArgumentError("RandomAffine", expected=f"{name} as {expected}", got=str(got))
