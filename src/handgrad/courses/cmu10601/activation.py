"""ReLU and ELU, and the course's check of a gradient by finite differences."""

from __future__ import annotations

from typing import Any

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import FeatureMap, LayerSettings, rows_of
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops import elu_backward as ops_elu_backward
from handgrad.ops import elu_forward as ops_elu_forward
from handgrad.ops import relu_backward as ops_relu_backward
from handgrad.ops import relu_forward as ops_relu_forward


def relu_forward(input: FeatureMap, layer: LayerSettings) -> FeatureMap:
    """max(0, x) of every value.

    Arguments:
        input: ``data`` (h·w·c, batch).
        layer: of type RELU, which has no settings.

    Returns:
        A feature map of the same sizes.

    Raises:
        ShapeError: data of another shape.

    Example:
        >>> import numpy as np
        >>> row = {"height": 1, "width": 1, "channel": 2, "batch_size": 1, "data": np.array([[-1.0], [2.0]])}
        >>> relu_forward(row, {"type": "RELU"})["data"].T
        array([[0., 2.]])
    """
    return _as(input, ops_relu_forward(rows_of(input, "relu_forward"))[0])


def relu_backward(output: FeatureMap, input: FeatureMap, layer: LayerSettings) -> Array:
    """``output['diff']`` where the input is above 0, else 0.

    Arguments:
        output: ``diff`` (h·w·c, batch).
        input, layer: as they were given to `relu_forward`.

    Returns:
        input_od, (h·w·c, batch).

    Raises:
        ShapeError: diff or data of another shape.

    Example:
        >>> import numpy as np
        >>> row = {"height": 1, "width": 1, "channel": 2, "batch_size": 1, "data": np.array([[-1.0], [2.0]])}
        >>> relu_backward(row | {"diff": np.array([[5.0], [5.0]])}, row, {"type": "RELU"}).T
        array([[0., 5.]])
    """
    where = "relu_backward"
    dy, cache = _diff(output, input, where), ops_relu_forward(rows_of(input, where))[1]
    return ops_relu_backward(dy, cache).T  # (N, h·w·c) -> (h·w·c, N)


def elu_forward(input: FeatureMap, layer: LayerSettings) -> FeatureMap:
    """x where it is above 0, else eˣ − 1.

    Arguments:
        input: ``data`` (h·w·c, batch).
        layer: of type ELU, which has no settings.

    Returns:
        A feature map of the same sizes.

    Raises:
        ShapeError: data of another shape.

    Example:
        >>> import numpy as np
        >>> row = {"height": 1, "width": 1, "channel": 1, "batch_size": 2, "data": np.array([[-np.inf, 2.0]])}
        >>> elu_forward(row, {"type": "ELU"})["data"]
        array([[-1.,  2.]])
    """
    return _as(input, ops_elu_forward(rows_of(input, "elu_forward"))[0])


def elu_backward(output: FeatureMap, input: FeatureMap, layer: LayerSettings) -> Array:
    """``output['diff']`` where the input is above 0, else eˣ times it.

    Arguments:
        output: ``diff`` (h·w·c, batch).
        input, layer: as they were given to `elu_forward`.

    Returns:
        input_od, (h·w·c, batch).

    Raises:
        ShapeError: diff or data of another shape.

    Example:
        >>> import numpy as np
        >>> row = {"height": 1, "width": 1, "channel": 1, "batch_size": 2, "data": np.array([[-np.inf, 2.0]])}
        >>> elu_backward(row | {"diff": np.array([[5.0, 5.0]])}, row, {"type": "ELU"})
        array([[0., 5.]])
    """
    where = "elu_backward"
    dy, cache = _diff(output, input, where), ops_elu_forward(rows_of(input, where))[1]
    return ops_elu_backward(dy, cache).T  # (N, h·w·c) -> (h·w·c, N)


def finite_difference(output: FeatureMap, input: FeatureMap, h: float) -> Array:
    """The gradient that `relu_backward` should return, as (f(x + h) − f(x)) / h times ``output['diff']``.

    Arguments:
        output: of `relu_forward`, with ``diff`` (h·w·c, batch).
        input: as it was given to `relu_forward`.
        h: the small step of equation 14.

    Returns:
        input_od_approx, (h·w·c, batch).

    Raises:
        ShapeError: diff or data of another shape.
        ArgumentError: a step of 0.

    Example:
        >>> import numpy as np
        >>> row = {"height": 1, "width": 1, "channel": 2, "batch_size": 1, "data": np.array([[-1.0], [2.0]])}
        >>> output = relu_forward(row, {"type": "RELU"}) | {"diff": np.array([[5.0], [5.0]])}
        >>> finite_difference(output, row, 0.5).T
        array([[0., 5.]])
    """
    where = "finite_difference"
    if not h:
        raise ArgumentError(where, expected="a small h other than 0", got=str(h), hint="1e-6 serves well")
    x, dy = rows_of(input, where), _diff(output, input, where)
    rise = ops_relu_forward(x + h)[0] - rows_of(output, where)
    approximation: Array = (rise / h * dy).T  # (N, h·w·c) -> (h·w·c, N)
    return approximation


def _as(input: FeatureMap, rows: Array) -> FeatureMap:
    """A feature map of the input's sizes."""
    sizes: dict[str, Any] = {key: input[key] for key in ("height", "width", "channel", "batch_size")}
    return sizes | {"data": rows.T}  # (N, h·w·c) -> (h·w·c, N)


def _diff(output: FeatureMap, input: FeatureMap, where: str) -> Array:
    """``output['diff']``, once it is known to have the input's shape."""
    dy, shape = rows_of(output, where, "diff"), rows_of(input, where).T.shape
    if dy.T.shape != shape:
        raise ShapeError(where, expected=f"output['diff'] of the input's shape {shape}", got=str(dy.T.shape))
    return dy
