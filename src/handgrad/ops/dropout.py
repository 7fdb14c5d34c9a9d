"""Dropout (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014), in its inverted form."""

from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ArgumentError

DropoutCache: TypeAlias = Array | None
"""The mask, 0 or 1 / (1 − p) for each element; None in evaluation."""


def dropout_forward(
    x: Array, p: float, rng: np.random.Generator | None, training: bool = True
) -> tuple[Array, DropoutCache]:
    """y = x · m with m = 0 with probability p, else 1 / (1 − p), so that E[y] = x; in evaluation y = x.

    Arguments:
        x: any shape.
        p: the share that is dropped, from 0 to 1.
        rng: where the mask comes from: the same state gives the same mask, in any dtype.
        training: False: nothing is dropped.

    Returns:
        y, shaped as x, and the cache for `dropout_backward`.

    Raises:
        ArgumentError: p outside [0, 1], or training without a generator.

    See: docs/ops/dropout.md

    Example:
        >>> dropout_forward(np.ones(6), p=0.5, rng=np.random.default_rng(0))[0]
        array([2., 2., 2., 0., 0., 0.])
    """
    if not 0 <= p <= 1:
        raise ArgumentError("dropout", expected="p, the share dropped, from 0 to 1", got=str(p))
    if not training:
        return x.copy(), None
    if rng is None:
        raise ArgumentError(
            "dropout", expected="a generator for the mask", got="None", hint="rng=np.random.default_rng(0)"
        )
    kept = rng.random(x.shape, dtype=np.float32) >= p
    mask = kept / x.dtype.type(1 - p) if p < 1 else np.zeros(x.shape, dtype=x.dtype)
    return x * mask, mask


def dropout_backward(dy: Array, cache: DropoutCache) -> Array:
    """dx = dy · m, with the mask of the forward pass.

    Arguments:
        dy: shaped as y.
        cache: what `dropout_forward` returned beside y.

    Returns:
        dx, shaped as x.

    See: docs/ops/dropout.md

    Example:
        >>> y, cache = dropout_forward(np.ones(6), p=0.5, rng=np.random.default_rng(0))
        >>> dropout_backward(np.ones(6), cache)
        array([2., 2., 2., 0., 0., 0.])
    """
    return dy.copy() if cache is None else dy * cache
