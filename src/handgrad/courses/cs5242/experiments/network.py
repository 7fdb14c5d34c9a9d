"""Section 9: what `MNISTNet` is, read off the network itself."""

from typing import Any

import numpy as np

from handgrad._typing import Array, Shape
from handgrad.courses.cs5242.layer import Layer, Weighted
from handgrad.courses.cs5242.layers import Convolution, FCLayer, Pooling
from handgrad.courses.cs5242.models import Model


def layer_rows(model: Model, image: Shape) -> list[dict[str, Any]]:
    """One row for each layer: its words, the shape of one output, and its number of weights and biases.

    Arguments:
        model: whose layers are asked.
        image: the shape of one input, (C, H, W).

    Returns:
        rows of "layer", "output" and "parameters"; the image is the first.

    Example:
        >>> model = Model()
        >>> model.add(FCLayer(4, 2))
        >>> layer_rows(model, (4,))[1]
        {'layer': 'FCLayer, 4 to 2 features', 'output': [2], 'parameters': 10}
    """
    outputs: Array = np.zeros((1, *image))
    rows: list[dict[str, Any]] = [{"layer": "image", "output": list(image), "parameters": 0}]
    for layer in model.layers:
        outputs = layer.forward(outputs)
        count = layer.weights.size + layer.bias.size if isinstance(layer, Weighted) else 0
        rows.append({"layer": _words(layer), "output": list(outputs.shape[1:]), "parameters": int(count)})
    return rows


def _words(layer: Layer) -> str:
    name = type(layer).__name__
    if isinstance(layer, Convolution):
        size, channels = f"{layer.kernel_h}x{layer.kernel_w}", f"{layer.in_channel} to {layer.out_channel}"
        return f"{name}, {size}, stride {layer.stride}, padding {layer.pad}, {channels} channels"
    if isinstance(layer, Pooling):
        kind = {"max": "maximum", "avg": "average"}[layer.pool_type]
        return f"{name}, {kind}, {layer.pool_height}x{layer.pool_width}, stride {layer.stride}"
    if isinstance(layer, FCLayer):
        return f"{name}, {layer.weights.shape[0]} to {layer.weights.shape[1]} features"
    return name
