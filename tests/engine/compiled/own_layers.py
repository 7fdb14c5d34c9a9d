"""Layers as a user writes them."""

from typing import Any

import numpy as np

import handgrad as hg


class Square(hg.Layer):
    """Without parameters, and without saying what shape comes out."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        return x * x, x

    def backward(self, dy: Any, cache: Any) -> Any:
        return 2 * dy * cache, {}


class Scale(hg.Layer):
    """With a weight and a bias for each channel, in an order that no other layer has."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.shift = hg.Parameter(np.linspace(-1, 1, channels), is_bias=True)
        self.factor = hg.Parameter(draw=lambda rng: rng.normal(size=(channels, 1)))

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        wide = x.reshape(len(x), self.channels, -1)
        y = wide * self.factor.value + self.shift.value[:, None]
        return y.reshape(x.shape), (wide, x.shape)

    def backward(self, dy: Any, cache: Any) -> Any:
        wide, shape = cache
        dy = dy.reshape(wide.shape)
        gradients = {"factor": (dy * wide).sum(axis=(0, 2))[:, None], "shift": dy.sum(axis=(0, 2))}
        return (dy * self.factor.value).reshape(shape), gradients
