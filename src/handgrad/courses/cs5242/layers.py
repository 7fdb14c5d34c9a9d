"""`layers` of the course, each a call of `handgrad.ops` in either direction.

A backward pass is given the inputs again, and computes from them what it needs: nothing of the forward pass
is kept on the layer, but for dropout's mask.
"""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.courses.cs5242.initializers import Gaussian, Guassian
from handgrad.courses.cs5242.layer import Layer
from handgrad.courses.cs5242.shapes import as_float, maps, setting, upstream, whole_settings
from handgrad.courses.cs5242.weighted import Convolution, FCLayer
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops.windows import pad, unpad

__all__ = [
    "Convolution",
    "Dropout",
    "FCLayer",
    "Flatten",
    "Gaussian",
    "Guassian",
    "Layer",
    "Pooling",
    "ReLU",
]


class Pooling(Layer):
    """The largest pixel, or the mean, of each window; padding is zeros for both kinds.

    Arguments:
        pool_params: ``pool_type`` ('max' or 'avg'), ``pool_height`` or ``pool_h``, ``pool_width`` or
            ``pool_w``, ``stride``, ``pad``.
        name: of the layer.

    Raises:
        ArgumentError: a key is missing or makes no sense.

    Example:
        >>> params = {"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}
        >>> Pooling(params).forward(np.arange(16.0).reshape(1, 1, 4, 4))[0, 0]
        array([[ 5.,  7.],
               [13., 15.]])
    """

    def __init__(self, pool_params: dict[str, Any], name: str = "pooling") -> None:
        super().__init__(name=name)
        where = f"Pooling {name!r}: pool_params"
        self.pool_type = setting(where, pool_params, "pool_type")
        if self.pool_type not in ("max", "avg"):
            raise ArgumentError(where, expected="pool_type 'max' or 'avg'", got=repr(self.pool_type))
        spellings = (("pool_height", "pool_h"), ("pool_width", "pool_w"), ("stride",), ("pad",))
        values = whole_settings(where, pool_params, *spellings)
        self.pool_height, self.pool_width, self.stride, self.pad = values

    def forward(self, inputs: AnyArray) -> Array:
        """The pooled maps.

        Arguments:
            inputs: (N, C, H, W).

        Returns:
            (N, C, H', W') with H' = 1 + (H + 2 pad - pool_height) // stride.

        Raises:
            ShapeError: inputs of another shape, or smaller than the window.
        """
        return self._apply(inputs)[0]

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """The derivative with respect to inputs; of equal maxima the first one in its window receives it.

        Arguments:
            in_grads: (N, C, H', W').
            inputs: (N, C, H, W).

        Returns:
            (N, C, H, W).

        Raises:
            ShapeError: an array has another shape.
        """
        outputs, cache = self._apply(inputs)
        in_grads = upstream(f"Pooling {self.name!r}", in_grads, outputs.shape, "(N, C, H', W')")
        go_back = ops.max_pool2d_backward if self.pool_type == "max" else ops.avg_pool2d_backward
        return np.ascontiguousarray(unpad(go_back(in_grads, cache), self.pad))

    def _apply(self, inputs: AnyArray) -> tuple[Array, Any]:
        # padded here: the library's own max-pooling pads with -inf, the course with zeros, which can win
        padded = pad(maps(f"Pooling {self.name!r}", inputs), self.pad)
        pool = ops.max_pool2d_forward if self.pool_type == "max" else ops.avg_pool2d_forward
        return pool(padded, (self.pool_height, self.pool_width), self.stride)


class ReLU(Layer):
    """indicator(x) · x; the indicator is 1 at exactly 0, so that the gradient passes there.

    Example:
        >>> ReLU().backward(np.ones(3), np.array([-1.0, 0.0, 2.0]))
        array([0., 1., 1.])
    """

    def __init__(self, name: str = "relu") -> None:
        super().__init__(name=name)

    def forward(self, inputs: AnyArray) -> Array:
        """Arguments: inputs of any shape. Returns: shaped as they are."""
        return ops.relu_forward(as_float(inputs))[0]

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """In_grads where inputs >= 0, else 0.

        Raises:
            ShapeError: in_grads are not shaped as inputs.
        """
        passes = as_float(inputs) >= 0  # the library's own derivative at 0 is 0
        words = "its inputs"
        return ops.relu_backward(upstream(f"ReLU {self.name!r}", in_grads, passes.shape, words), passes)


class Flatten(Layer):
    """Each input as one row.

    Example:
        >>> Flatten().forward(np.zeros((30, 16, 5, 5))).shape
        (30, 400)
    """

    def __init__(self, name: str = "flatten") -> None:
        super().__init__(name=name)

    def forward(self, inputs: AnyArray) -> Array:
        """Arguments: inputs (N, ...). Returns: (N, features)."""
        inputs = as_float(inputs)
        if inputs.ndim == 0:
            raise ShapeError(f"Flatten {self.name!r}", expected="inputs of shape (N, ...)", got="()")
        return inputs.reshape(len(inputs), -1)  # (N, C, H, W) -> (N, C·H·W)

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """In_grads (N, features), shaped as the inputs again.

        Raises:
            ShapeError: another number of features.
        """
        shape = self.forward(inputs).shape
        rows = upstream(f"Flatten {self.name!r}", in_grads, shape, "(N, features)")
        return rows.reshape(np.shape(inputs))  # (N, C·H·W) -> (N, C, H, W)


class Dropout(Layer):
    """Set each input to 0 with a probability, and divide the others by 1 - ratio (Caffe's convention).

    Arguments:
        ratio: the probability of setting a neuron to zero.
        name: of the layer.
        seed: with one, every call draws the same mask, so that the gradient can be checked; without, masks
            come from NumPy's global state.

    Raises:
        ArgumentError: a ratio that is no probability.

    Example:
        >>> layer = Dropout(0.5, seed=1234)
        >>> layer.set_mode(True)
        >>> bool((layer.forward(np.ones(100)) == layer.forward(np.ones(100))).all())
        True
    """

    def __init__(self, ratio: float, name: str = "dropout", seed: int | None = None) -> None:
        super().__init__(name=name)
        if not 0 <= ratio <= 1:
            raise ArgumentError(f"Dropout {name!r}", expected="a ratio from 0 to 1", got=repr(ratio))
        self.ratio = ratio
        self.mask: Array | None = None
        self.seed = seed

    def forward(self, inputs: AnyArray) -> Array:
        """Arguments: inputs of any shape. Returns: shaped as they are; a copy of them while testing."""
        rng = None
        if self.training:
            rng = np.random.default_rng(np.random.randint(2**31) if self.seed is None else self.seed)
        outputs, self.mask = ops.dropout_forward(as_float(inputs), self.ratio, rng, self.training)
        return outputs

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """In_grads times the mask of the last forward pass, 1 / (1 - ratio) or 0; all of them while testing.

        Raises:
            ShapeError: in_grads are not shaped as inputs.
        """
        in_grads = upstream(f"Dropout {self.name!r}", in_grads, np.shape(inputs), "its inputs")
        return ops.dropout_backward(in_grads, self.mask)
