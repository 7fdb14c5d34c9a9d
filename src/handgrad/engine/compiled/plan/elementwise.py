"""Activations, dropout, softmax, batch normalisation and PReLU."""

from dataclasses import dataclass, field
from math import ceil, prod

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.engine.compiled.kernels.activation import (
    VECTORS,
    activation_backward,
    activation_forward,
    dropout,
)
from handgrad.engine.compiled.kernels.channelwise import (
    batch_norm_backward,
    batch_norm_forward,
    prelu_backward,
    prelu_forward,
)
from handgrad.engine.compiled.kernels.softmax import (
    batch_softmax_backward,
    batch_softmax_forward,
    softmax_backward,
    softmax_forward,
)
from handgrad.engine.compiled.native.emitter import float_bits
from handgrad.engine.compiled.plan.builder import Builder, Part
from handgrad.engine.compiled.plan.rows import Rows
from handgrad.nn import PReLU
from handgrad.nn.regularising import BatchNorm


@dataclass
class ActivationNode:
    """An activation of one number.

    Arguments:
        kind: the name of the layer's class.
        extra: its slope or its α.
    """

    kind: str
    extra: float = 0.0
    trains: bool = field(default=False, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """y from x."""
        y = build.maps(x.shape[1])
        self._x, self._y = x, y
        vectors = x.size // build.L
        arguments = [x, y, float_bits(self.extra), vectors]
        build.add(activation_forward, {"kind": self.kind}, arguments, ceil(vectors / VECTORS))
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy."""
        if not needs_dx:
            return None
        vectors = dy.size // build.L
        arguments = [self._x, self._y, dy, dy, float_bits(self.extra), vectors]
        build.add(activation_backward, {"kind": self.kind}, arguments, ceil(vectors / VECTORS))
        return dy


@dataclass
class DropoutNode:
    """Dropout, with the mask that the reference draws.

    Arguments:
        p: the share dropped.
        shape: of one image, in whose order the mask is drawn.
    """

    p: float
    shape: Shape
    trains: bool = field(default=False, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """In training x · mask; in evaluation x itself."""
        if not build.training:
            return x
        noise = np.zeros((build.images, prod(self.shape)), np.float32)
        build.draw(lambda rng: rng.random(dtype=np.float32, out=noise))
        rows = Rows(build, prod(self.shape), "floats")
        rows.point_at(noise)
        self._noise = rows.append(build)
        y = build.maps(x.shape[1])
        self._run(build, x, y)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy, through the same mask."""
        if not needs_dx:
            return None
        self._run(build, dy, dy)
        return dy

    def _run(self, build: Builder, source: Array, target: Array) -> None:
        vectors = source.size // build.L
        scale = 1 / (1 - self.p) if self.p < 1 else 0.0
        arguments = [source, self._noise, target, float_bits(self.p), float_bits(scale), vectors]
        build.add(dropout, {}, arguments, ceil(vectors / VECTORS))


@dataclass
class SoftmaxNode:
    """Softmax along one axis of an image.

    Arguments:
        outer, size, inner: the axes before it, its own, and those behind it, as numbers of elements.
    """

    outer: int
    size: int
    inner: int
    trains: bool = field(default=False, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """y from x."""
        y = self._y = build.maps(x.shape[1])
        build.add(softmax_forward, self._parameters(), [x, y], build.blocks * self.outer * self.inner)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy."""
        if not needs_dx:
            return None
        tasks = build.blocks * self.outer * self.inner
        build.add(softmax_backward, self._parameters(), [self._y, dy, dy], tasks)
        return dy

    def _parameters(self) -> dict[str, int]:
        return {"size": self.size, "inner": self.inner}


@dataclass
class BatchSoftmaxNode:
    """Softmax along the batch."""

    trains: bool = field(default=False, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """y from x."""
        y = self._y = build.maps(x.shape[1])
        features = x.shape[1]
        build.add(batch_softmax_forward, {"features": features}, [x, y, build.images], features)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy."""
        if not needs_dx:
            return None
        features = dy.shape[1]
        arguments = [self._y, dy, dy, build.images]
        build.add(batch_softmax_backward, {"features": features}, arguments, features)
        return dy


@dataclass
class BatchNormNode:
    """Batch normalisation of features or maps.

    Arguments:
        layer: with its running statistics.
        name: of the layer in the network.
        channels, pixels: C, and the numbers that an image has for each.
    """

    layer: BatchNorm
    name: str
    channels: int
    pixels: int
    trains: bool = field(default=True, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """In training with the batch's statistics; the running ones learn of them once the step succeeded."""
        layer, values = self.layer, build.images * self.pixels
        y = build.maps(x.shape[1])
        mean, var = layer.running_mean.value, layer.running_var.value
        if build.training:
            mean, var = build.array((self.channels,)), build.array((self.channels,))
            build.after_success.append(lambda: layer.remember(mean, var, values))
        self._x, self._mean, self._var = x, mean, var
        self._numbers = [float_bits(layer.eps), float_bits(1 / values), build.images]
        parameters = {"channels": self.channels, "pixels": self.pixels, "training": build.training}
        arguments = [x, y, layer.weight.value, layer.bias.value, mean, var, *self._numbers]
        build.add(batch_norm_forward, parameters, arguments, self.channels)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy."""
        layer = self.layer
        dweight, dbias = build.array((1, self.channels)), build.array((1, self.channels))
        build.parts.append(Part(f"{self.name}.weight", layer.weight, dweight))
        build.parts.append(Part(f"{self.name}.bias", layer.bias, dbias))
        arguments = [self._x, dy, dy, layer.weight.value, self._mean, self._var, dweight, dbias]
        parameters = {"channels": self.channels, "pixels": self.pixels}
        build.add(batch_norm_backward, parameters, [*arguments, *self._numbers], self.channels)
        return dy


@dataclass
class PReLUNode:
    """PReLU with one slope, or one for each channel.

    Arguments:
        layer: with its slopes.
        name: of the layer in the network.
        channels, pixels: C, and the numbers that an image has for each.
    """

    layer: PReLU
    name: str
    channels: int
    pixels: int
    trains: bool = field(default=True, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """y from x."""
        y = build.maps(x.shape[1])
        self._x = x
        build.add(
            prelu_forward, self._parameters(), [x, y, self.layer.weight.value, build.images], self.channels
        )
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx in the place of dy."""
        slopes = len(self.layer.weight.value)
        # one slope's gradient is the sum over channels, as if they were parts of the batch
        parts = build.array((1, slopes) if slopes > 1 else (self.channels, 1))
        build.parts.append(Part(f"{self.name}.weight", self.layer.weight, parts))
        arguments = [self._x, dy, dy, self.layer.weight.value, parts, build.images]
        build.add(prelu_backward, self._parameters(), arguments, self.channels)
        return dy

    def _parameters(self) -> dict[str, int]:
        return {"channels": self.channels, "pixels": self.pixels, "slopes": len(self.layer.weight.value)}
