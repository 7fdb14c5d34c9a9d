"""The table that `Sequential.summary` prints."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from handgrad._typing import Shape

if TYPE_CHECKING:
    from handgrad.nn.sequential import Sequential


@dataclass(frozen=True)
class Row:
    """One layer: its configuration, the shape of one output, its parameters, its multiply-adds an image."""

    layer: str
    output_shape: Shape
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Summary:
    """Rows and totals; prints as a table."""

    input_shape: Shape
    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Of the whole network."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Of the whole network, for one image forward."""
        return sum(row.multiply_adds for row in self.rows)

    def __str__(self) -> str:
        names = [f"{position}  {row.layer}" for position, row in enumerate(self.rows)]
        width = max([20, *map(len, names)]) + 3
        lines = [f"{'layer':<{width}} {'output shape':<13} {'parameters':>10} {'multiply-adds':>14}"]
        lines += [
            f"{name:<{width}} {row.output_shape!s:<13} {row.parameters:>10,} {row.multiply_adds:>14,}"
            for name, row in zip(names, self.rows, strict=True)
        ]
        lines.append(f"{'total':<{width}} {'':<13} {self.parameters:>10,} {self.multiply_adds:>14,}")
        return "\n".join(line.rstrip() for line in lines)


def summarise(network: Sequential, input_shape: Shape) -> Summary:
    """Look at every layer once; a network that was not told its input shape learns it here."""
    if network.input_shape is None:
        network.infer(input_shape)
    inputs = [input_shape, *network.shapes(input_shape)]
    rows = tuple(
        Row(
            layer=repr(layer),
            output_shape=inputs[position + 1],
            parameters=sum(prod(parameter.shape) for parameter in layer.parameters().values()),
            multiply_adds=layer.multiply_adds(inputs[position]),
        )
        for position, layer in enumerate(network.layers)
    )
    return Summary(input_shape, rows)
