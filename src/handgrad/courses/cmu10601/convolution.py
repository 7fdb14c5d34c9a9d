"""The convolution layer, and the columns that it is computed with."""

from __future__ import annotations

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import (
    FeatureMap,
    LayerSettings,
    Param,
    columns_of,
    entry,
    feature_map_of,
    in_portions,
    maps_of,
    size_of,
)
from handgrad.courses.cmu10601.settings import affine_of, grouping_of, window_of
from handgrad.errors import ShapeError
from handgrad.ops import col2im as ops_col2im
from handgrad.ops import conv2d_backward, conv2d_forward, im2col, output_size


def conv_layer_forward(input: FeatureMap, layer: LayerSettings, param: Param) -> FeatureMap:
    """Convolve every image (cross-correlation: the filters are not rotated).

    Arguments:
        input: ``data`` (h·w·c, batch).
        layer: ``num``, ``k``, ``stride``, ``pad``, ``group``.
        param: ``w`` (k·k·c/group, num), rows in (row, column, channel) order, and ``b`` (num,).

    Returns:
        The feature map of the layer's output, ``data`` (h_out·w_out·num, batch).

    Raises:
        ShapeError: data, w or b of another shape.
        ArgumentError: a key that is missing, a group that does not divide the channels.

    Example:
        >>> image = {"height": 3, "width": 3, "channel": 1, "batch_size": 1, "data": np.ones((9, 1))}
        >>> layer = {"type": "CONV", "num": 1, "k": 2, "stride": 1, "pad": 0, "group": 1}
        >>> conv_layer_forward(image, layer, {"w": np.ones((4, 1)), "b": np.zeros(1)})["data"].T
        array([[4., 4., 4., 4.]])
    """
    where = "conv_layer_forward"
    x, (_, stride, pad) = maps_of(input, where), window_of(layer, where)
    weight, bias, group = _kernels(param, input, layer, where)
    return feature_map_of(
        conv2d_forward(few, weight, bias, stride, pad, group)[0] for (few,) in in_portions(x)
    )


def conv_layer_backward(
    output: FeatureMap, input: FeatureMap, layer: LayerSettings, param: Param
) -> tuple[dict[str, Array], Array]:
    """Carry ``output['diff']`` back through the convolution.

    Arguments:
        output: ``diff`` (h_out·w_out·num, batch), the gradient of the loss with respect to the output.
        input, layer, param: as they were given to `conv_layer_forward`.

    Returns:
        param_grad, shaped as param and summed over the batch, and input_od (h·w·c, batch).

    Raises:
        ShapeError: diff, data, w or b of another shape.
        ArgumentError: a key that is missing, a group that does not divide the channels.

    Example:
        >>> image = {"height": 3, "width": 3, "channel": 1, "batch_size": 1, "data": np.ones((9, 1))}
        >>> layer = {"type": "CONV", "num": 1, "k": 2, "stride": 1, "pad": 0, "group": 1}
        >>> param = {"w": np.ones((4, 1)), "b": np.zeros(1)}
        >>> output = conv_layer_forward(image, layer, param)
        >>> output["diff"] = np.ones((4, 1))
        >>> conv_layer_backward(output, image, layer, param)[1].reshape(3, 3)
        array([[1., 2., 1.],
               [2., 4., 2.],
               [1., 2., 1.]])
    """
    where = "conv_layer_backward"
    x, dy = maps_of(input, where), maps_of(output, where, "diff")
    _, stride, pad = window_of(layer, where)
    weight, bias, group = _kernels(param, input, layer, where)
    dweight, dbias, inputs = np.zeros_like(weight), np.zeros_like(bias), []
    for few, dy_few in in_portions(x, dy):
        _, cache = conv2d_forward(few, weight, bias, stride, pad, group)
        dx, dweight_few, dbias_few = conv2d_backward(dy_few, cache)
        inputs.append(dx)
        dweight += dweight_few
        dbias += np.asarray(dbias_few)
    w = dweight.transpose(2, 3, 1, 0).reshape(-1, len(dweight))  # (O, C/G, k, k) -> (k·k·C/G, O)
    return {"w": w, "b": dbias.reshape(np.shape(param["b"]))}, columns_of(inputs)


def im2col_conv(input_n: FeatureMap, layer: LayerSettings, h_out: int, w_out: int) -> Array:
    """Every window of one image as a column.

    Arguments:
        input_n: a feature map whose ``data`` is one image, (h·w·c,).
        layer: ``k``, ``stride``, ``pad``.
        h_out, w_out: how many windows there are, vertically and horizontally.

    Returns:
        (k·k·c, h_out·w_out): rows in (row, column, channel) order, windows row by row.

    Raises:
        ShapeError: data of another size, or other numbers of windows.

    Example:
        >>> image = {"height": 2, "width": 3, "channel": 1, "data": np.arange(6.0)}
        >>> im2col_conv(image, {"k": 2, "stride": 1, "pad": 0}, 1, 2).T
        array([[0., 1., 3., 4.],
               [1., 2., 4., 5.]])
    """
    where = "im2col_conv"
    height, width, channel = size_of(input_n, where)
    data = np.asarray(entry(input_n, "data", where, "a feature map"), dtype=np.float64)
    if data.size != height * width * channel:
        expected = f"the data of one image, (height*width*channel,) = {(height * width * channel,)}"
        raise ShapeError(where, expected=expected, got=str(data.shape))
    image = data.reshape(1, height, width, channel).transpose(0, 3, 1, 2)  # (h·w·c,) -> (1, C, H, W)
    k, stride, pad = _geometry(input_n, layer, h_out, w_out, where)
    columns = im2col(image, k, stride, pad).reshape(channel, k, k, h_out * w_out)
    return columns.transpose(1, 2, 0, 3).reshape(-1, h_out * w_out)  # (C, k, k, P) -> (k·k·C, P)


def col2im_conv(col: Array, input: FeatureMap, layer: LayerSettings, h_out: int, w_out: int) -> Array:
    """Add every column back to the window that `im2col_conv` took it from.

    Arguments:
        col: (k·k·c, h_out·w_out).
        input: the feature map, for its height, width and channels.
        layer: ``k``, ``stride``, ``pad``.
        h_out, w_out: how many windows there are, vertically and horizontally.

    Returns:
        (h·w·c,), where a pixel of several windows has the sum of its copies.

    Raises:
        ShapeError: col of another shape, or other numbers of windows.

    Example:
        >>> image = {"height": 2, "width": 3, "channel": 1}
        >>> col2im_conv(np.ones((4, 2)), image, {"k": 2, "stride": 1, "pad": 0}, 1, 2)
        array([1., 2., 1., 1., 2., 1.])
    """
    where = "col2im_conv"
    height, width, channel = size_of(input, where)
    k, stride, pad = _geometry(input, layer, h_out, w_out, where)
    col = np.asarray(col, dtype=np.float64)
    if col.shape != (k * k * channel, h_out * w_out):
        expected = f"col of shape (k*k*c, h_out*w_out) = {(k * k * channel, h_out * w_out)}"
        raise ShapeError(where, expected=expected, got=str(col.shape))
    columns = (
        col.reshape(k, k, channel, -1).transpose(2, 0, 1, 3).reshape(1, len(col), -1)
    )  # -> (1, C·k·k, P)
    return columns_of([ops_col2im(columns, (1, channel, height, width), k, stride, pad)])[:, 0]


col2im = im2col_conv  # the published file's name for it


def _kernels(param: Param, input: FeatureMap, layer: LayerSettings, where: str) -> tuple[Array, Array, int]:
    """The layer's weight (O, C/G, k, k) and bias (O,) as the library has them, and its groups."""
    channel = size_of(input, where)[2]
    group, inputs = grouping_of(layer, channel, where)
    k, num = int(layer["k"]), int(layer["num"])
    w, b = affine_of(param, inputs, num, "(k*k*c/group, num)", where)
    weight = w.reshape(k, k, channel // group, num).transpose(3, 2, 0, 1)  # (k·k·C/G, O) -> (O, C/G, k, k)
    return weight, b, group


def _geometry(
    feature_map: FeatureMap, layer: LayerSettings, h_out: int, w_out: int, where: str
) -> tuple[int, int, int]:
    """k, stride and padding, once the numbers of windows are known to be theirs."""
    k, stride, pad = window_of(layer, where)
    height, width, _ = size_of(feature_map, where)
    windows = output_size(height, k, stride, pad), output_size(width, k, stride, pad)
    if (h_out, w_out) != windows:
        expected = f"(h_out, w_out) = ((h + 2*pad - k)/stride + 1, ...) = {windows}"
        raise ShapeError(where, expected=expected, got=str((h_out, w_out)))
    return k, stride, pad
