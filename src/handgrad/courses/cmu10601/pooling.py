"""The max-pooling layer."""

from __future__ import annotations

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import (
    FeatureMap,
    LayerSettings,
    columns_of,
    feature_map_of,
    in_portions,
    maps_of,
)
from handgrad.courses.cmu10601.settings import window_of
from handgrad.ops import max_pool2d_backward, max_pool2d_forward


def pooling_layer_forward(input: FeatureMap, layer: LayerSettings) -> FeatureMap:
    """The largest value of every window, channel by channel.

    Arguments:
        input: ``data`` (h·w·c, batch).
        layer: ``k``, ``stride``, ``pad``; what is padded is never the largest.

    Returns:
        The feature map of the layer's output, ``data`` (h_out·w_out·c, batch).

    Raises:
        ShapeError: data of another shape, or a window that is larger than the map.
        ArgumentError: a key that is missing.

    Example:
        >>> import numpy as np
        >>> image = {"height": 2, "width": 2, "channel": 1, "batch_size": 1, "data": np.arange(4.0)[:, None]}
        >>> pooling_layer_forward(image, {"type": "POOLING", "k": 2, "stride": 2, "pad": 0})["data"]
        array([[3.]])
    """
    where = "pooling_layer_forward"
    x, window = maps_of(input, where), window_of(layer, where)
    return feature_map_of(max_pool2d_forward(few, *window)[0] for (few,) in in_portions(x))


def pooling_layer_backward(output: FeatureMap, input: FeatureMap, layer: LayerSettings) -> Array:
    """Carry ``output['diff']`` back to the pixel that was the largest of its window.

    Of equal maxima the first in row-major order receives the gradient.

    Arguments:
        output: ``diff`` (h_out·w_out·c, batch).
        input, layer: as they were given to `pooling_layer_forward`.

    Returns:
        input_od, (h·w·c, batch).

    Raises:
        ShapeError: diff or data of another shape.
        ArgumentError: a key that is missing.

    Example:
        >>> import numpy as np
        >>> image = {"height": 2, "width": 2, "channel": 1, "batch_size": 1, "data": np.arange(4.0)[:, None]}
        >>> layer = {"type": "POOLING", "k": 2, "stride": 2, "pad": 0}
        >>> output = pooling_layer_forward(image, layer) | {"diff": np.array([[5.0]])}
        >>> pooling_layer_backward(output, image, layer).T
        array([[0., 0., 0., 5.]])
    """
    where = "pooling_layer_backward"
    x, dy, window = maps_of(input, where), maps_of(output, where, "diff"), window_of(layer, where)
    return columns_of(
        max_pool2d_backward(dy_few, max_pool2d_forward(few, *window)[1]) for few, dy_few in in_portions(x, dy)
    )


pooling_backward = pooling_layer_backward  # the document's name for it in question 4
