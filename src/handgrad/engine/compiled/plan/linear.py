"""Fully connected layers, with the ReLU behind them."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from handgrad._typing import Array
from handgrad.engine.compiled.kernels.activation import VECTORS, activation_backward
from handgrad.engine.compiled.kernels.layout import blocks_to_rows, pieces
from handgrad.engine.compiled.kernels.linear import (
    BLOCKS,
    groups_of_blocks,
    linear_dw,
    linear_product,
    row_pieces,
)
from handgrad.engine.compiled.plan.builder import Builder, Part
from handgrad.nn import Linear


@dataclass
class LinearNode:
    """``Linear``, and ``ReLU`` where it follows.

    Arguments:
        layer: the matrix.
        name: of the layer in the network.
        repeats: how many times an image brings I features: the product of the axes before the last.
        relu: whether ReLU follows.
        gates: whether the layer before is a `LinearNode` with ReLU, whose mask its dx goes through at once.
        gated: whether the layer after does that for this one.
        rows: whether x is there as rows too, and where.
    """

    layer: Linear
    name: str
    repeats: int = 1
    relu: bool = False
    gates: bool = False
    gated: bool = False
    rows: Array | None = None
    trains: bool = field(default=True, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """W x + b, and ReLU."""
        O, I = self.layer.weight.shape
        y = build.maps(self.repeats * O)
        self._x, self._y = x, y
        bias = self.layer.bias.value if self.layer.bias else build.nothing(O)
        self._product(build, {"rows": O, "inner": I, "way": "forward", "relu": self.relu}, bias, x, y, y)
        if build.training and self.rows is None:
            self.rows = build.array((build.blocks * self.repeats * build.L, ceil(I / build.L) * build.L))
            tasks = build.blocks * self.repeats * pieces(I)
            build.add(blocks_to_rows, {"features": I}, [x, self.rows], tasks, waits=False)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """dx and dW side by side."""
        O, I = self.layer.weight.shape
        if self.relu and not self.gated:
            vectors = dy.size // build.L
            arguments = [self._y, self._y, dy, dy, 0, vectors]
            build.add(activation_backward, {"kind": "ReLU"}, arguments, ceil(vectors / VECTORS))
        dx = None
        if needs_dx:
            dx = build.maps(self.repeats * I)
            parameters = {"rows": I, "inner": O, "way": "back", "gated": self.gates}
            self._product(build, parameters, build.nothing(1), dy, dx, self._x)
        self._weights(build, dy, waits=not needs_dx)
        return dx

    def _product(
        self, build: Builder, parameters: dict[str, Any], start: Array, x: Array, y: Array, gate: Array
    ) -> None:
        blocks = build.blocks * self.repeats
        groups = groups_of_blocks(blocks)
        split = row_pieces(parameters["rows"], parameters["inner"], groups)
        arguments = [self.layer.weight.value, start, x, y, gate, blocks, split]
        build.add(linear_product, parameters, arguments, groups * split)

    def _weights(self, build: Builder, dy: Array, *, waits: bool) -> None:
        O, I = self.layer.weight.shape
        dw, db = build.array((1, O, I)), build.array((1, O))
        build.parts.append(Part(f"{self.name}.weight", self.layer.weight, dw))
        if self.layer.bias:
            build.parts.append(Part(f"{self.name}.bias", self.layer.bias, db))
        blocks = build.blocks * self.repeats
        columns = ceil(ceil(I / build.L) / BLOCKS)
        split = row_pieces(O, blocks * build.L * BLOCKS, columns)
        assert self.rows is not None
        arguments = [dy, self.rows, dw, db, blocks, columns, split]
        build.add(linear_dw, {"rows": O, "columns": I}, arguments, columns * split, waits=waits)
