"""`Flatten`, between the last feature maps and the first `Linear`."""

from math import prod

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.nn.layer import Gradients, Layer


class Flatten(Layer):
    """Each image's maps as one row of features, in (channel, row, column) order.

    Shapes: x (N, C, H, W) to y (N, C·H·W).

    Example:
        >>> Flatten().output_shape((50, 4, 4))
        (800,)
    """

    def output_shape(self, input_shape: Shape) -> Shape:
        """(C, H, W) to (C·H·W,)."""
        return (prod(input_shape),)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Shape]:
        """x as rows."""
        return x.reshape(len(x), -1), x.shape  # (N, C, H, W) -> (N, C·H·W)

    def backward(self, dy: Array, cache: Shape) -> tuple[Array, Gradients]:
        """Dx, the rows as maps again."""
        return dy.reshape(cache), {}  # (N, C·H·W) -> (N, C, H, W)
