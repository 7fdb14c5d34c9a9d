"""A network as the course describes it, a dict of layers: its first parameters, its loss and gradients."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, TypeAlias

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.courses.cmu10601.activation import elu_backward, elu_forward, relu_backward, relu_forward
from handgrad.courses.cmu10601.convolution import conv_layer_backward, conv_layer_forward
from handgrad.courses.cmu10601.feature_map import FeatureMap, LayerSettings, Param, entry
from handgrad.courses.cmu10601.inner_product import inner_product_backward, inner_product_forward
from handgrad.courses.cmu10601.loss import mlrloss
from handgrad.courses.cmu10601.pooling import pooling_layer_backward, pooling_layer_forward
from handgrad.courses.cmu10601.settings import grouping_of, window_of
from handgrad.errors import ArgumentError, ShapeError
from handgrad.ops import output_size

Layers: TypeAlias = Mapping[int, LayerSettings]
"""1 (DATA) to n (LOSS)."""

Params: TypeAlias = dict[int, dict[str, Array]]
"""Under i − 1 the ``w`` and ``b`` of layer i."""

WEIGHTED = {
    "CONV": (conv_layer_forward, conv_layer_backward),
    "IP": (inner_product_forward, inner_product_backward),
}
PLAIN = {
    "POOLING": (pooling_layer_forward, pooling_layer_backward),
    "RELU": (relu_forward, relu_backward),
    "ELU": (elu_forward, elu_backward),
}
TYPES = (*WEIGHTED, *PLAIN)


def init_convnet(layers: Layers) -> Params:
    """Draw the first parameters from NumPy's global generator (``np.random.seed`` makes them repeatable).

    Weights are uniform within ±√(3/(h·w·c)) of the layer's whole input map, or for an IP layer with
    ``init_type`` 'gaussian' normal with this deviation; biases are 0.

    Arguments:
        layers: 1 to n, from DATA to LOSS.

    Returns:
        Under i − 1 the ``w`` and ``b`` of layer i; empty arrays for a layer without parameters.

    Raises:
        ArgumentError: layers that are no such network.

    Example:
        >>> layers = {1: {"type": "DATA", "height": 4, "width": 4, "channel": 1, "batch_size": 2},
        ...           2: {"type": "LOSS", "num": 3}}
        >>> init_convnet(layers)[1]["w"].shape
        (16, 2)
    """
    checked(layers, "init_convnet")
    params: Params = {}
    height, width, channel = (int(layers[1][key]) for key in ("height", "width", "channel"))
    for i in range(2, len(layers) + 1):
        layer = layers[i]
        seen = height * width * channel
        inputs = grouping_of(layer, channel, "init_convnet")[1] if layer["type"] == "CONV" else seen
        scale = sqrt(3 / seen)
        outputs = 0 if layer["type"] in PLAIN else int(layer["num"]) - (layer["type"] == "LOSS")
        if not outputs:
            params[i - 1] = {"w": np.array([]), "b": np.array([])}
        elif _is_gaussian(layer, i):
            params[i - 1] = {"w": scale * np.random.randn(inputs, outputs), "b": np.zeros(outputs)}
        else:
            params[i - 1] = {"w": 2 * scale * np.random.rand(inputs, outputs) - scale, "b": np.zeros(outputs)}
        height, width, channel = _output(layer, height, width, channel)
    return params


def conv_net(
    params: Mapping[int, Param], layers: Layers, data: Array, labels: AnyArray
) -> tuple[dict[str, float], Params]:
    """Forward and backward through the whole network.

    Arguments:
        params: from `init_convnet`.
        layers: 1 to n; ``layers[1]['batch_size']`` says how many images there are.
        data: (h·w·c, batch).
        labels: (batch,), 0 to num − 1.

    Returns:
        cp, with the mean loss as ``cost`` and the accuracy, from 0 to 1, as ``percent``; and param_grad,
        shaped as params, the means over the batch.

    Raises:
        ShapeError: data, labels or parameters of another shape.
        ArgumentError: layers that are no such network.
        DataError: a label outside the classes.

    Example:
        >>> layers = {1: {"type": "DATA", "height": 2, "width": 2, "channel": 1, "batch_size": 3},
        ...           2: {"type": "LOSS", "num": 2}}
        >>> params = {1: {"w": np.zeros((4, 1)), "b": np.zeros(1)}}
        >>> cp, param_grad = conv_net(params, layers, np.ones((4, 3)), np.array([0, 0, 1]))
        >>> round(cp["cost"], 4), param_grad[1]["b"]
        (0.6931, array([-0.16666667]))
    """
    checked(layers, "conv_net")
    count, batch_size = len(layers), int(layers[1]["batch_size"])
    output = {1: _first(layers[1], data)}
    for i in range(2, count):
        output[i] = _forward(output[i - 1], layers[i], _param(params, i))
    last = _param(params, count)
    for key in ("w", "b"):
        entry(last, key, "conv_net", f"params[{count - 1}]")
    b = np.asarray(last["b"]).reshape(1, -1)
    wb = np.vstack([last["w"], b])  # (num, K-1), (K-1,) -> (num+1, K-1)
    nll, g, od, percent = mlrloss(wb, output[count - 1]["data"], labels, int(layers[count]["num"]), 1)
    param_grad = {count - 1: {"w": g[:-1] / batch_size, "b": g[-1].reshape(np.shape(last["b"])) / batch_size}}
    for i in range(count - 1, 1, -1):
        output[i]["diff"] = od
        grad, od = _backward(output[i], output[i - 1], layers[i], _param(params, i))
        param_grad[i - 1] = {name: gradient / batch_size for name, gradient in grad.items()}
    return {"cost": nll / batch_size, "percent": percent}, dict(sorted(param_grad.items()))


def checked(layers: Layers, where: str) -> None:
    """Refuse what is no network from DATA to LOSS.

    Raises:
        ArgumentError: it is none.
    """
    if not isinstance(layers, Mapping):
        raise ArgumentError(where, expected="layers as a dict of dicts", got=repr(layers)[:60])
    if not layers or list(range(1, len(layers) + 1)) != sorted(layers):
        expected, got = "layers under the keys 1, 2 and so on", ", ".join(map(repr, layers)) or "none"
        raise ArgumentError(where, expected=expected, got=got, hint="the keys are integers")
    types = [entry(layers[i], "type", where, f"layer {i}") for i in range(1, len(layers) + 1)]
    if types[0] != "DATA" or types[-1] != "LOSS" or len(types) < 2:
        expected, got = "a first layer DATA and a last layer LOSS", ", ".join(map(str, types))
        raise ArgumentError(where, expected=expected, got=got)
    for i, kind in enumerate(types[1:-1], start=2):
        if kind not in TYPES:
            raise ArgumentError(f"{where}: layer {i}", expected=f"one of {', '.join(TYPES)}", got=repr(kind))
    for i, kind in enumerate(types, start=1):
        for key in NEEDED[kind]:
            entry(layers[i], key, f"{where}: layer {i}", f"a {kind} layer")


NEEDED: dict[str, tuple[str, ...]] = {
    "DATA": ("height", "width", "channel", "batch_size"),
    "CONV": ("num", "k", "stride"),
    "POOLING": ("k", "stride"),
    "IP": ("num",),
    "RELU": (),
    "ELU": (),
    "LOSS": ("num",),
}
"""What each type of layer must be configured with."""


def _first(layer: LayerSettings, data: Array) -> FeatureMap:
    """The output of the data layer: the images themselves."""
    first = {key: int(layer[key]) for key in NEEDED["DATA"]}
    shape = first["height"] * first["width"] * first["channel"], first["batch_size"]
    if np.shape(data) != shape:
        hint = (
            "set layers[1]['batch_size'] to the number of columns" if np.shape(data)[:1] == shape[:1] else ""
        )
        expected = f"data of shape (height*width*channel, batch_size) = {shape}"
        raise ShapeError("conv_net", expected=expected, got=str(np.shape(data)), hint=hint)
    return first | {"data": np.asarray(data, dtype=np.float64)}


def _is_gaussian(layer: LayerSettings, i: int) -> bool:
    """How the weight of an IP layer is drawn; all others are uniform."""
    kind = layer.get("init_type", "uniform") if layer["type"] == "IP" else "uniform"
    if kind not in ("uniform", "gaussian"):
        where, expected = f"init_convnet: layer {i}", "init_type 'uniform' or 'gaussian'"
        raise ArgumentError(where, expected=expected, got=repr(kind))
    return bool(kind == "gaussian")


def _param(params: Mapping[int, Param], i: int) -> Param:
    if not isinstance(params, Mapping):
        raise ArgumentError(
            "conv_net",
            expected="params as a dict of dicts",
            got=repr(params)[:60],
            hint="init_convnet(layers) makes them",
        )
    if i - 1 not in params:
        expected, got = f"params[{i - 1}], those of layer {i}", f"the keys {', '.join(map(repr, params))}"
        raise ArgumentError("conv_net", expected=expected, got=got, hint="init_convnet(layers) makes them")
    return params[i - 1]


def _forward(input: FeatureMap, layer: LayerSettings, param: Param) -> FeatureMap:
    if layer["type"] in WEIGHTED:
        return WEIGHTED[layer["type"]][0](input, layer, param)
    return PLAIN[layer["type"]][0](input, layer)


def _backward(
    output: FeatureMap, input: FeatureMap, layer: LayerSettings, param: Param
) -> tuple[dict[str, Array], Array]:
    if layer["type"] in WEIGHTED:
        return WEIGHTED[layer["type"]][1](output, input, layer, param)
    return {"w": np.array([]), "b": np.array([])}, PLAIN[layer["type"]][1](output, input, layer)


def _output(layer: LayerSettings, height: int, width: int, channel: int) -> tuple[int, int, int]:
    """Height, width and channels of a layer's output."""
    kind: Any = layer["type"]
    if kind in ("IP", "LOSS"):
        return 1, 1, int(layer["num"])
    if kind not in ("CONV", "POOLING"):
        return height, width, channel
    k, stride, pad = window_of(layer, "init_convnet")
    height, width = output_size(height, k, stride, pad), output_size(width, k, stride, pad)
    if min(height, width) < 1:
        got = f"{k} x {k} for a layer of type {kind}"
        raise ArgumentError("init_convnet", expected="a window that is no larger than its map", got=got)
    return height, width, int(layer["num"]) if kind == "CONV" else channel
