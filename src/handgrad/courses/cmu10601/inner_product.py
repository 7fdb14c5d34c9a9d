"""The inner product layer, y = Wx + b."""

from __future__ import annotations

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import (
    FeatureMap,
    LayerSettings,
    Param,
    entry,
    feature_map_of,
    rows_of,
)
from handgrad.courses.cmu10601.settings import affine_of
from handgrad.ops import linear_backward, linear_forward


def inner_product_forward(input: FeatureMap, layer: LayerSettings, param: Param) -> FeatureMap:
    """Every output is a weighted sum of the whole input, and a bias.

    Arguments:
        input: ``data`` (h·w·c, batch).
        layer: ``num``.
        param: ``w`` (h·w·c, num) and ``b`` (num,).

    Returns:
        A feature map of height and width 1 and ``num`` channels, ``data`` (num, batch).

    Raises:
        ShapeError: data, w or b of another shape.
        ArgumentError: a key that is missing.

    Example:
        >>> row = {"height": 1, "width": 1, "channel": 2, "batch_size": 1, "data": np.array([[1.0], [2.0]])}
        >>> inner_product_forward(row, {"num": 1}, {"w": np.array([[3.0], [4.0]]), "b": np.zeros(1)})["data"]
        array([[11.]])
    """
    where = "inner_product_forward"
    x = rows_of(input, where)
    y, _ = linear_forward(x, *_weights(param, x, layer, where))
    return feature_map_of([y[:, :, None, None]])  # (N, O) -> (N, O, 1, 1)


def inner_product_backward(
    output: FeatureMap, input: FeatureMap, layer: LayerSettings, param: Param
) -> tuple[dict[str, Array], Array]:
    """Carry ``output['diff']`` back through the inner product.

    Arguments:
        output: ``diff`` (num, batch).
        input, layer, param: as they were given to `inner_product_forward`.

    Returns:
        param_grad, shaped as param and summed over the batch, and input_od (h·w·c, batch).

    Raises:
        ShapeError: diff, data, w or b of another shape.
        ArgumentError: a key that is missing.

    Example:
        >>> row = {"height": 1, "width": 1, "channel": 2, "batch_size": 1, "data": np.array([[1.0], [2.0]])}
        >>> layer, param = {"num": 1}, {"w": np.array([[3.0], [4.0]]), "b": np.zeros(1)}
        >>> output = inner_product_forward(row, layer, param) | {"diff": np.array([[10.0]])}
        >>> param_grad, input_od = inner_product_backward(output, row, layer, param)
        >>> param_grad["w"].T, input_od.T
        (array([[10., 20.]]), array([[30., 40.]]))
    """
    where = "inner_product_backward"
    x, dy = rows_of(input, where), rows_of(output, where, "diff")
    weight, bias = _weights(param, x, layer, where)
    dx, dweight, dbias = linear_backward(dy, linear_forward(x, weight, bias)[1])
    b = np.asarray(dbias).reshape(np.shape(param["b"]))
    return {"w": dweight.T, "b": b}, dx.T  # (O, I), (N, I) -> (I, O), (I, N)


inner_product_layer_backward = inner_product_backward  # the document's name for it in question 6


def _weights(param: Param, x: Array, layer: LayerSettings, where: str) -> tuple[Array, Array]:
    num = int(entry(layer, "num", where, "an IP layer"))
    w, b = affine_of(param, x.shape[1], num, "(h*w*c, num)", where)
    return w.T, b  # (I, O) -> (O, I)
