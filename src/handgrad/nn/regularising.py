"""Layers that behave differently in training and in evaluation: `Dropout` and batch normalisation."""

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.errors import ArgumentError, ShapeError
from handgrad.nn.checked import positive, real
from handgrad.nn.initialisers import Constant
from handgrad.nn.layer import Gradients, Layer
from handgrad.nn.parameter import Buffer, Parameter
from handgrad.ops.batch_norm import BatchNormCache, batch_norm_backward, batch_norm_forward
from handgrad.ops.dropout import DropoutCache, dropout_backward, dropout_forward


class Dropout(Layer):
    """In training, each element is dropped with probability p and the rest scaled by 1 / (1 − p).

    Arguments:
        p: the share dropped.

    Shapes: any.

    Raises:
        ArgumentError: p outside [0, 1].

    Example:
        >>> Dropout(0.5).forward(np.ones((1, 2)))[0]
        array([[1., 1.]])
    """

    def __init__(self, p: float = 0.5) -> None:
        if not 0 <= real("Dropout", "p", p) <= 1:
            raise ArgumentError("Dropout", expected="p, the share dropped, from 0 to 1", got=repr(p))
        self.p = p

    def output_shape(self, input_shape: Shape) -> Shape:
        """Unchanged."""
        return input_shape

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, DropoutCache]:
        """x, thinned out in training."""
        return dropout_forward(x, self.p, rng, training)

    def backward(self, dy: Array, cache: DropoutCache) -> tuple[Array, Gradients]:
        """Dx, through the same mask."""
        return dropout_backward(dy, cache), {}


class BatchNorm(Layer):
    """What both batch normalisations share.

    Arguments:
        num_features: C; None: taken from the first input.
        eps: added to the variance.
        momentum: the share of each batch in the running statistics; None: their plain average.

    In training the batch's own mean and variance are used, and the running ones (``running_mean``,
    ``running_var``, ``num_batches_tracked``) are updated; in evaluation the running ones are used.
    """

    dimensions: tuple[int, ...] = ()

    def __init__(self, num_features: int | None, eps: float = 1e-5, momentum: float | None = 0.1) -> None:
        self.num_features = num_features
        self.eps = real(type(self).__name__, "eps", eps, above=0)
        self.momentum = None if momentum is None else real(type(self).__name__, "momentum", momentum)
        if num_features is not None:
            self._declare(positive(type(self).__name__, "num_features", num_features))

    def _declare(self, features: int) -> None:
        self.weight = Parameter(draw=lambda rng: Constant(1.0)((features,), rng))
        self.bias = Parameter(draw=lambda rng: Constant(0.0)((features,), rng), is_bias=True)
        self.running_mean = Buffer(np.zeros(features, dtype=np.float32))
        self.running_var = Buffer(np.ones(features, dtype=np.float32))
        self.num_batches_tracked = Buffer(np.zeros((), dtype=np.int64))

    def infer(self, input_shape: Shape) -> None:
        """Take ``num_features`` from the first input, where it was left open."""
        self.output_shape(input_shape)
        if self.num_features is None:
            self.num_features = input_shape[0]
            self._declare(self.num_features)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Unchanged."""
        if len(input_shape) not in self.dimensions or input_shape[0] != (self.num_features or input_shape[0]):
            maps = ", H, W" if 3 in self.dimensions else ""
            raise ShapeError(
                type(self).__name__,
                expected=f"x of shape (N, {self.num_features or 'C'}{maps})",
                got=f"(N, {', '.join(map(str, input_shape))})",
            )
        return input_shape

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, BatchNormCache]:
        """Each channel with mean β and deviation γ."""
        self.infer(x.shape[1:])  # looks at the shape in any case
        weight, bias = self.weight.value, self.bias.value
        if not training:
            mean, var = self.running_mean.value, self.running_var.value
            return batch_norm_forward(x, weight, bias, mean, var, self.eps)
        y, cache = batch_norm_forward(x, weight, bias, eps=self.eps)
        self.remember(cache.mean, cache.var, values=x.size // x.shape[1])
        return y, cache

    def remember(self, mean: Array, var: Array, values: int) -> None:
        """Move the running statistics towards a batch's.

        Arguments:
            mean, var: of the batch, (C,), the variance divided by the number of values.
            values: how many each channel had; the running variance is the unbiased one.
        """
        self.num_batches_tracked.value[...] += 1
        share = self.momentum if self.momentum is not None else 1 / int(self.num_batches_tracked.value)
        for running, batch in (
            (self.running_mean.value, mean),
            (self.running_var.value, var * (values / (values - 1))),
        ):
            running *= 1 - share
            running += share * batch

    def backward(self, dy: Array, cache: BatchNormCache) -> tuple[Array, Gradients]:
        """Dx, and the gradients of γ and β."""
        dx, dweight, dbias = batch_norm_backward(dy, cache)
        return dx, {"weight": dweight, "bias": dbias}


class BatchNorm1d(BatchNorm):
    """Batch normalisation of features (Ioffe and Szegedy, 2015).

    Arguments:
        num_features: C; None: taken from the first input.
        eps: added to the variance.
        momentum: the share of each batch in the running statistics; None: their plain average.

    Shapes: x (N, C); ``weight``, ``bias``, ``running_mean``, ``running_var`` (C,).

    Example:
        >>> BatchNorm1d(3).output_shape((3,))
        (3,)
    """

    dimensions = (1,)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of feature maps (Ioffe and Szegedy, 2015).

    Arguments:
        num_features: C; None: taken from the first input.
        eps: added to the variance.
        momentum: the share of each batch in the running statistics; None: their plain average.

    Shapes: x (N, C, H, W); ``weight``, ``bias``, ``running_mean``, ``running_var`` (C,).

    Example:
        >>> BatchNorm2d(3).output_shape((3, 8, 8))
        (3, 8, 8)
    """

    dimensions = (3,)
