"""The layers of ``nn_layers.py`` with weights: the convolution and the fully connected layer.

First values are drawn from NumPy's global generator, as the course's scripts expect: ``np.random.seed``
fixes them.
"""

from math import prod

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.hw5.shapes import IMAGES, expect, real, size
from handgrad.errors import ArgumentError, ShapeError

FIRST_BIAS = 0.01


class Weighted:
    """What the two layers with weights share: handing W and b out, and taking others."""

    W: Array
    b: Array

    def get_weights(self) -> tuple[Array, Array]:
        """W and b: the layer's own arrays, not copies."""
        return self.W, self.b

    def set_weights(self, W: AnyArray, b: AnyArray) -> None:
        """Use these arrays as W and b; float arrays are not copied.

        Raises:
            ShapeError: they are not shaped as W and b.
        """
        self.W, self.b = self._fitting("set_weights", ("W", W), ("b", b))

    def _fitting(self, method: str, W: tuple[str, AnyArray], b: tuple[str, AnyArray]) -> tuple[Array, Array]:
        """Two named arrays, shaped as W and b."""
        where = f"{type(self).__name__}.{method}"
        return expect(where, *W, *self.W.shape), expect(where, *b, *self.b.shape)


class nn_convolutional_layer(Weighted):
    """A convolution (cross-correlation) with stride 1 and no padding; document, section 3.1.

    Arguments:
        Wx_size, Wy_size: the filters' two sides; ``f_height`` and ``f_width`` are the same two.
        input_size: the side of an input map; kept, not used.
        in_ch_size, out_ch_size: channels in, filters.
        std: scales the first weights, whose deviation is ``std / sqrt(in_ch_size * Wx_size * Wy_size / 2)``.

    ``W`` is (out_ch_size, in_ch_size, Wx_size, Wy_size), ``b`` (1, out_ch_size, 1, 1), at first 0.01.

    Raises:
        ArgumentError: a size that is missing, given under both names, or no whole number above 0.

    Example:
        >>> layer = nn_convolutional_layer(f_height=3, f_width=3, input_size=28, in_ch_size=1, out_ch_size=28)
        >>> layer.forward(np.zeros((16, 1, 28, 28))).shape
        (16, 28, 26, 26)
    """

    def __init__(
        self,
        Wx_size: int | None = None,
        Wy_size: int | None = None,
        input_size: int | None = None,
        in_ch_size: int | None = None,
        out_ch_size: int | None = None,
        std: float = 1.0,
        *,
        f_height: int | None = None,
        f_width: int | None = None,
    ) -> None:
        where = "nn_convolutional_layer"
        height, width = _one_of("Wx_size", Wx_size, f_height), _one_of("Wy_size", Wy_size, f_width)
        self.input_size = size(where, "input_size", input_size)
        channels, filters = size(where, "in_ch_size", in_ch_size), size(where, "out_ch_size", out_ch_size)
        shape = (filters, channels, height, width)
        self.W: Array = np.random.normal(0, std / np.sqrt(channels * height * width / 2), shape)
        self.b: Array = np.full((1, filters, 1, 1), FIRST_BIAS)

    def update_weights(self, dW: AnyArray, db: AnyArray) -> None:
        """Add ``dW`` to W and ``db`` to b, in their place: a step down is a negative argument.

        Raises:
            ShapeError: they are not shaped as W and b.
        """
        dW, db = self._fitting("update_weights", ("dW", dW), ("db", db))
        self.W += dW
        self.b += db

    def forward(self, x: AnyArray) -> Array:
        """(batch_size, in_ch_size, in_width, in_height) to (batch_size, out_ch_size, out_width, out_height).

        Raises:
            ShapeError: another shape, or maps smaller than the filters.
        """
        x = expect("nn_convolutional_layer.forward", "x", x, "batch_size", self.W.shape[1], *IMAGES[2:])
        return ops.conv2d_forward(x, self.W, self.b.reshape(-1))[0]  # (1, O, 1, 1) -> (O,)

    def backprop(self, x: AnyArray, dLdy: AnyArray) -> tuple[Array, Array, Array]:
        """The gradients dLdx, dLdW and dLdb, shaped as x, W and b; dLdW and dLdb are summed over the batch.

        Arguments:
            x: what `forward` was given.
            dLdy: (batch_size, out_ch_size, out_width, out_height).

        Raises:
            ShapeError: other shapes.
        """
        where = "nn_convolutional_layer.backprop"
        x = expect(where, "x", x, "batch_size", self.W.shape[1], *IMAGES[2:])
        y, cache = ops.conv2d_forward(x, self.W, self.b.reshape(-1))  # (1, O, 1, 1) -> (O,)
        dLdx, dLdW, dLdb = ops.conv2d_backward(expect(where, "dLdy", dLdy, *y.shape), cache)
        assert dLdb is not None  # there was a bias
        return dLdx, dLdW, dLdb.reshape(self.b.shape)  # (O,) -> (1, O, 1, 1)


class nn_fc_layer(Weighted):
    """A fully connected layer, y = W x + b for each x of the batch, flattened; document, section 3.3.

    Arguments:
        input_size: numbers in one flattened x.
        output_size: numbers in one y.
        std: scales the first weights, whose deviation is ``std / sqrt(input_size / 2)``.

    ``W`` is (output_size, input_size), ``b`` (output_size,), at first 0.01.

    Raises:
        ArgumentError: a size that is no whole number above 0.

    Example:
        >>> nn_fc_layer(28 * 13 * 13, 128).forward(np.zeros((16, 28, 13, 13))).shape
        (16, 128)
    """

    def __init__(self, input_size: int, output_size: int, std: float = 1) -> None:
        inputs = size("nn_fc_layer", "input_size", input_size)
        outputs = size("nn_fc_layer", "output_size", output_size)
        self.W: Array = np.random.normal(0, std / np.sqrt(inputs / 2), (outputs, inputs))
        self.b: Array = np.full(outputs, FIRST_BIAS)

    def update_weights(self, dW: AnyArray, db: AnyArray) -> None:
        """Add the arguments to W and b, which become new arrays: a step down is a negative argument.

        Raises:
            ShapeError: they are not shaped as W and b.
        """
        dW, db = self._fitting("update_weights", ("dW", dW), ("db", db))
        self.W, self.b = self.W + dW, self.b + db

    def forward(self, x: AnyArray) -> Array:
        """(batch_size, ...) with input_size numbers for each of the batch, to (batch_size, output_size).

        Raises:
            ShapeError: another number of numbers.
        """
        return ops.linear_forward(self._flat("forward", x), self.W, self.b)[0]

    def backprop(self, x: AnyArray, dLdy: AnyArray) -> tuple[Array, Array, Array]:
        """The gradients dLdx, dLdW and dLdb, shaped as x, W and b; dLdW and dLdb are summed over the batch.

        Arguments:
            x: what `forward` was given.
            dLdy: (batch_size, output_size).

        Raises:
            ShapeError: other shapes.
        """
        flat = self._flat("backprop", x)
        dLdy = expect("nn_fc_layer.backprop", "dLdy", dLdy, len(flat), len(self.W))
        dLdx, dLdW, dLdb = ops.linear_backward(dLdy, ops.linear_forward(flat, self.W, self.b)[1])
        assert dLdb is not None  # there was a bias
        return dLdx.reshape(np.shape(x)), dLdW, dLdb  # (N, I) -> (N, ...)

    def _flat(self, method: str, x: AnyArray) -> Array:
        array, inputs = real(x), self.W.shape[1]
        if array.ndim < 2 or prod(array.shape[1:]) != inputs:
            raise ShapeError(
                f"nn_fc_layer.{method}",
                expected=f"x of shape (batch_size, ...) with {inputs} numbers for each of the batch",
                got=str(array.shape),
            )
        return array.reshape(len(array), inputs)  # (N, ...) -> (N, I)


def _one_of(name: str, first: int | None, second: int | None) -> int:
    """A side of the filters under whichever of its two names it was given."""
    if first is not None and second is not None:
        expected = "Wx_size and Wy_size, or f_height and f_width"
        raise ArgumentError("nn_convolutional_layer", expected=expected, got="both")
    return size("nn_convolutional_layer", name, second if first is None else first)
