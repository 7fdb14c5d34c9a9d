"""A layer that has no kernels: the reference runs it, between two programs."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.engine.compiled.kernels.layout import blocks_to_rows, pieces
from handgrad.engine.compiled.plan.builder import Builder, Part
from handgrad.engine.compiled.plan.rows import Rows
from handgrad.errors import ShapeError
from handgrad.nn import Layer
from handgrad.nn.layer import Gradients

Forward = Callable[..., tuple[Array, Any]]
Backward = Callable[[Array, Any], tuple[Array, Gradients]]


@dataclass
class FallbackNode:
    """A layer run by its own code.

    Arguments:
        layer: of any kind.
        name: of the layer in the network.
        forward_of, backward_of: call it, with the network's checks of what it returns.
        shape, output_shape: of one image before and behind it.
    """

    layer: Layer
    name: str
    forward_of: Forward
    backward_of: Backward
    shape: Shape
    output_shape: Shape

    @property
    def trains(self) -> bool:
        """Whether it has parameters."""
        return bool(self.layer.parameters())

    def forward(self, build: Builder, x: Array) -> Array:
        """Blocks to rows, the layer, rows to blocks."""
        x_rows = to_rows(build, x)
        rows = Rows(build, prod(self.output_shape), "floats")
        build.uses_rng = True

        def run() -> None:
            images = plain(build, x_rows, self.shape)
            y, self._cache = self.forward_of(images, training=build.training, rng=build.rng)
            expected = (build.images, *self.output_shape)
            if np.shape(y) != expected:
                where, got = f"layer {self.name}, {self.layer!r}", str(np.shape(y))
                raise ShapeError(where, expected=f"forward to return y of shape {expected}", got=got)
            rows.point_at(np.ascontiguousarray(y, np.float32))

        build.python(run)
        return rows.append(build)

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """The same, backwards."""
        dy_rows = to_rows(build, dy)
        rows = Rows(build, prod(self.shape), "floats", gradients=True)
        gradients = {name: build.array((1, *item.shape)) for name, item in self.layer.parameters().items()}
        for name, item in self.layer.parameters().items():
            build.parts.append(Part(f"{self.name}.{name}", item, gradients[name]))

        def run() -> None:
            dx, found = self.backward_of(plain(build, dy_rows, self.output_shape), self._cache)
            for name, gradient in found.items():
                gradients[name][0] = gradient
            rows.point_at(np.ascontiguousarray(dx, np.float32))

        build.python(run)
        return rows.append(build) if needs_dx else None


def to_rows(build: Builder, x: Array) -> Array:
    """Append the kernel that writes blocks as rows; each row is filled up to whole vectors."""
    features = x.shape[1]
    rows = build.array((build.blocks * build.L, ceil(features / build.L) * build.L))
    build.add(blocks_to_rows, {"features": features}, [x, rows], build.blocks * pieces(features))
    return rows


def plain(build: Builder, rows: Array, shape: Shape) -> Array:
    """The batch as NumPy has it, (N, ...), a copy."""
    features = prod(shape)
    return rows[: build.images, :features].reshape(build.images, *shape).copy()
