"""What happens to a pixel before a network sees it: (pixels / 255 - mean) / std, as in torchvision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ArgumentError, ShapeError


@dataclass(frozen=True)
class Normalisation:
    """Brings images to the float32 that a network reads: ``(pixels / 255 - mean) / std``.

    Arguments:
        mean: subtracted after the division by 255: one number, or one for each channel.
        std: what the difference is divided by: one number, or one for each channel; never 0.

    Raises:
        ArgumentError: a mean or deviation that is not a finite number, or a deviation of 0.

    Example:
        >>> Normalisation(mean=0.5, std=0.5).apply(np.array([[[0, 255]]], np.uint8)).tolist()
        [[[[-1.0, 1.0]]]]
    """

    mean: float | tuple[float, ...] = 0.0
    std: float | tuple[float, ...] = 1.0

    def __post_init__(self) -> None:
        for name in ("mean", "std"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        if not np.all(np.asarray(self.std)):
            raise ArgumentError("Normalisation", expected="a std other than 0", got=f"std={self.std}")
        if isinstance(self.mean, tuple) and isinstance(self.std, tuple) and len(self.mean) != len(self.std):
            raise ArgumentError(
                "Normalisation",
                expected="as many deviations as means",
                got=f"{len(self.mean)} means and {len(self.std)} deviations",
            )

    def apply(self, images: AnyArray) -> Array:
        """Normalise a batch of images.

        Arguments:
            images: (N, H, W) or (N, C, H, W), bytes from 0 to 255, or floats from 0 to 1.

        Returns:
            (N, C, H, W), float32, contiguous, a new array; C = 1 for images without channels.

        Raises:
            ShapeError: images of another shape, or with another number of channels.

        Example:
            >>> Normalisation().apply(np.zeros((2, 28, 28), np.uint8)).shape
            (2, 1, 28, 28)
        """
        if images.ndim == 3:
            images = images[:, None]  # (N, H, W) -> (N, 1, H, W)
        if images.ndim != 4:
            raise ShapeError(
                "normalisation", expected="images of shape (N, H, W) or (N, C, H, W)", got=str(images.shape)
            )
        if images.dtype == np.uint8:
            x: Array = np.empty(images.shape, np.float32)
            np.divide(images, np.float32(255), out=x)
        else:
            x = np.array(images, np.float32, order="C")
        if np.any(self.mean):
            x -= self._by_channel(self.mean, x.shape[1])
        if np.any(np.asarray(self.std) != 1):
            x /= self._by_channel(self.std, x.shape[1])
        return x

    def fits(self, channels: int) -> bool:
        """Whether images of so many channels can be normalised.

        Example:
            >>> Normalisation(mean=(0.5, 0.25)).fits(3)
            False
        """
        return all(not isinstance(value, tuple) or len(value) == channels for value in (self.mean, self.std))

    def to_dict(self) -> dict[str, float | list[float]]:
        """Write it as plain numbers and lists, for JSON and TOML.

        Returns:
            ``{"mean": ..., "std": ...}``, which `from_dict` reads.

        Example:
            >>> Normalisation(mean=(0.5, 0.25)).to_dict()
            {'mean': [0.5, 0.25], 'std': 1.0}
        """
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in (("mean", self.mean), ("std", self.std))
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Normalisation:
        """Read what `to_dict` wrote.

        Arguments:
            values: ``mean`` and ``std``, each a number or a list of numbers; both may be left out.

        Returns:
            The normalisation.

        Raises:
            ArgumentError: an unknown key, or a value that is not a number.

        Example:
            >>> Normalisation.from_dict({"mean": 0.1307, "std": 0.3081})
            Normalisation(mean=0.1307, std=0.3081)
        """
        unknown = sorted(set(values) - {"mean", "std"})
        if unknown:
            raise ArgumentError("Normalisation", expected="the keys mean and std", got=", ".join(unknown))
        return cls(**values)

    def _by_channel(self, value: float | tuple[float, ...], channels: int) -> Array:
        numbers = np.asarray(value, np.float32)
        if numbers.ndim == 1 and len(numbers) != channels:
            raise ShapeError(
                "normalisation",
                expected=f"images of {len(numbers)} channels, one for each mean and deviation",
                got=f"{channels}",
                hint="give one number for all channels, or one for each",
            )
        return numbers.reshape(-1, 1, 1)  # (C,) -> (C, 1, 1)


def _numbers(name: str, value: Any) -> float | tuple[float, ...]:
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    if numbers.ndim > 1 or numbers.size == 0 or not np.isfinite(numbers).all():
        raise ArgumentError("Normalisation", expected=f"{name} a finite number or several", got=repr(value))
    return tuple(float(number) for number in numbers) if numbers.ndim else float(numbers)
