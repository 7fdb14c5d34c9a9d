"""The fully connected layer."""

from typing import TypeAlias

from handgrad._typing import Array
from handgrad.errors import ShapeError
from handgrad.ops.upstream import check_upstream

LinearCache: TypeAlias = tuple[Array, Array, bool]
"""x, weight, whether there was a bias."""


def linear_forward(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, LinearCache]:
    """y = x Wᵀ + b, along the last axis of x.

    Arguments:
        x: (N, I); further axes between N and I are allowed, as in PyTorch.
        weight: (O, I).
        bias: (O,), or None.

    Returns:
        y (N, O), and the cache for `linear_backward`.

    Raises:
        ShapeError: x and weight, or weight and bias, do not fit.

    See: docs/ops/linear.md

    Example:
        >>> import numpy as np
        >>> y, cache = linear_forward(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5]))
        >>> y
        array([[11.5]])
    """
    if weight.ndim != 2:
        raise ShapeError("linear", expected="weight of shape (O, I)", got=str(weight.shape))
    if x.ndim < 2 or x.shape[-1] != weight.shape[1]:
        raise ShapeError(
            "linear",
            expected=f"x of shape (N, {weight.shape[1]})",
            got=str(x.shape),
            hint="put Flatten() before the first Linear" if x.ndim == 4 else "",
        )
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError("linear", expected=f"bias of shape {weight.shape[:1]}", got=str(bias.shape))
    y = x @ weight.T  # (N, I) @ (I, O) -> (N, O)
    return y if bias is None else y + bias, (x, weight, bias is not None)


def linear_backward(dy: Array, cache: LinearCache) -> tuple[Array, Array, Array | None]:
    """dx = dy W,   dW = dyᵀ x,   db = Σₙ dy.

    Arguments:
        dy: (N, O).
        cache: what `linear_forward` returned beside y.

    Returns:
        dx (N, I), dweight (O, I), dbias (O,) or None where there was no bias.

    See: docs/ops/linear.md

    Example:
        >>> import numpy as np
        >>> y, cache = linear_forward(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
        >>> linear_backward(np.array([[10.0]]), cache)[:2]
        (array([[30., 40.]]), array([[10., 20.]]))
    """
    x, weight, has_bias = cache
    check_upstream("linear", dy, (*x.shape[:-1], len(weight)))
    dx = dy @ weight  # (N, O) @ (O, I) -> (N, I)
    dy, x = dy.reshape(-1, dy.shape[-1]), x.reshape(-1, x.shape[-1])  # further axes count as batch
    return dx, dy.T @ x, dy.sum(axis=0) if has_bias else None  # (N, I), (O, N) @ (N, I) -> (O, I), (O,)
