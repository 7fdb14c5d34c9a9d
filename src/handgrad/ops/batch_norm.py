"""Batch normalisation (Ioffe and Szegedy, 2015) of features (N, C) or maps (N, C, H, W)."""

from typing import NamedTuple

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops.upstream import check_upstream


class BatchNormCache(NamedTuple):
    """What the backward pass needs; ``mean`` and ``var`` are also what running statistics are made of."""

    normalised: Array  # (x − mean) / sqrt(var + eps), shaped as x
    mean: Array  # (C,)
    var: Array  # (C,), biased: divided by the number of values
    scale: Array  # weight / sqrt(var + eps), (C,)
    from_batch: bool  # whether mean and var depend on x


def batch_norm_forward(
    x: Array,
    weight: Array,
    bias: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    eps: float = 1e-5,
) -> tuple[Array, BatchNormCache]:
    """y = γ · (x − μ) / √(σ² + ε) + β, for each channel, over batch and positions.

    Arguments:
        x: (N, C) or (N, C, H, W).
        weight, bias: γ and β, (C,).
        running_mean, running_var: (C,); given: evaluation with these; None: training, with the batch's own.
        eps: ε, keeps the root off zero.

    Returns:
        y, shaped as x, and the cache for `batch_norm_backward`, with the ``mean`` and ``var`` used.

    Raises:
        ShapeError: weight, bias or statistics do not fit x, or training with a single value for each channel.
        ArgumentError: only one of the running statistics.

    See: docs/ops/batch_norm.md

    Example:
        >>> y, cache = batch_norm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1), eps=0.0)
        >>> y.ravel(), cache.mean, cache.var
        (array([-1.,  1.]), array([2.]), array([1.]))
    """
    if (running_mean is None) != (running_var is None):
        raise ArgumentError("batch_norm", expected="both running statistics, or neither", got="one of them")
    check_channels(x, weight=weight, bias=bias, running_mean=running_mean, running_var=running_var)
    axes = over_channels(x)
    if running_mean is None or running_var is None:
        if x.size // x.shape[1] < 2:
            raise ShapeError(
                "batch_norm",
                expected="more than one value for each channel in training",
                got=str(x.shape),
                hint="use a batch of at least 2 images: the variance of one value is 0",
            )
        mean, var, from_batch = x.mean(axis=axes), x.var(axis=axes), True
    else:
        mean, var, from_batch = running_mean, running_var, False
    inverse = 1 / np.sqrt(var + float(eps))  # a NumPy double would make float64 of float32
    normalised = (x - spread(mean, x)) * spread(inverse, x)
    y = normalised * spread(weight, x) + spread(bias, x)
    return y, BatchNormCache(normalised, mean, var, weight * inverse, from_batch)


def batch_norm_backward(dy: Array, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """dβ = Σ dy,   dγ = Σ dy · x̂,   dx = γ/√(σ²+ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)).

    The two means are the paths through μ and σ²; in evaluation those are constants, and they vanish.

    Arguments:
        dy: shaped as y.
        cache: what `batch_norm_forward` returned beside y.

    Returns:
        dx, shaped as x, dweight (C,), dbias (C,).

    See: docs/ops/batch_norm.md

    Example:
        >>> y, cache = batch_norm_forward(np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1))
        >>> dx, dweight, dbias = batch_norm_backward(np.array([[1.0], [1.0]]), cache)
        >>> dx.ravel(), dbias
        (array([0., 0.]), array([2.]))
    """
    normalised, _, _, scale, from_batch = cache
    check_upstream("batch_norm", dy, normalised.shape)
    axes = over_channels(dy)
    dbias = dy.sum(axis=axes)
    dweight = (dy * normalised).sum(axis=axes)
    if not from_batch:
        return dy * spread(scale, dy), dweight, dbias
    count = dy.size // dy.shape[1]
    dx = dy - spread(dbias / count, dy) - normalised * spread(dweight / count, dy)
    return dx * spread(scale, dy), dweight, dbias


def check_channels(x: Array, **statistics: Array | None) -> None:
    """Refuse an x without channels, and whatever has not one value for each of them."""
    if x.ndim not in (2, 4):
        raise ShapeError("batch_norm", expected="x of shape (N, C) or (N, C, H, W)", got=str(x.shape))
    for name, values in statistics.items():
        if values is not None and values.shape != x.shape[1:2]:
            raise ShapeError(
                "batch_norm",
                expected=f"{name} of shape ({x.shape[1]},), one value for each channel of x",
                got=f"{values.shape}, with x of shape {x.shape}",
            )


def over_channels(x: Array) -> tuple[int, ...]:
    """All axes but that of the channels."""
    return (0, *range(2, x.ndim))


def spread(values: Array, x: Array) -> Array:
    """(C,) shaped to meet axis 1 of x."""
    return values.reshape(-1, *[1] * (x.ndim - 2))  # (C,) -> (C, 1, 1)
