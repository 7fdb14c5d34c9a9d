"""The course's network as one of the library, so that every engine can run it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from handgrad import nn
from handgrad._typing import Array, Shape
from handgrad.courses.cmu10601.feature_map import LayerSettings, Param
from handgrad.courses.cmu10601.network import Layers, checked
from handgrad.nn.layer import Gradients


class LastLogitAtZero(nn.Layer):
    """Append the logit of the last class, which the course's loss layer fixes at 0.

    Shapes: x (N, K − 1) to y (N, K).

    Example:
        >>> LastLogitAtZero().output_shape((9,))
        (10,)
    """

    def output_shape(self, input_shape: Shape) -> Shape:
        """(K − 1,) to (K,)."""
        return (*input_shape[:-1], input_shape[-1] + 1)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, None]:
        """x with a column of zeros at its right."""
        return np.pad(x, ((0, 0), (0, 1))), None  # (N, K-1) -> (N, K)

    def backward(self, dy: Array, cache: None) -> tuple[Array, Gradients]:
        """Dx, without the column to which nothing leads."""
        return np.ascontiguousarray(dy[:, :-1]), {}  # (N, K) -> (N, K-1)


def sequential_of(
    layers: Layers, params: Mapping[int, Param], *, dtype: npt.DTypeLike = np.float32
) -> nn.Sequential:
    """Build the network of a course's ``layers``, with the values of its ``params``.

    Arguments:
        layers: 1 to n, from DATA to LOSS.
        params: from `init_convnet`, or as a training has left them.
        dtype: of the new network; the course itself computes in float64.

    Returns:
        A network that gives (N, num) logits for images (N, C, H, W).

    Raises:
        ArgumentError, ShapeError: layers that are no such network.
        WeightsError: params of another network.

    Example:
        >>> from handgrad.courses.cmu10601.network import init_convnet
        >>> layers = {1: {"type": "DATA", "height": 4, "width": 4, "channel": 1, "batch_size": 2},
        ...           2: {"type": "LOSS", "num": 3}}
        >>> sequential_of(layers, init_convnet(layers))
        Sequential([Flatten(), Linear(16, 2), LastLogitAtZero()])
    """
    checked(layers, "sequential_of")
    data = layers[1]
    network = nn.Sequential(_built(layers), dtype=dtype)
    network.infer((int(data["channel"]), int(data["height"]), int(data["width"])))
    network.load_state_dict(state_of(network, layers, params))
    return network


def state_of(network: nn.Sequential, layers: Layers, params: Mapping[int, Param]) -> dict[str, Array]:
    """The course's ``params`` in the shapes and under the names of its twin.

    Arguments:
        network: from `sequential_of`.
        layers: those that it was built from.
        params: whose values are wanted.

    Returns:
        What ``network.load_state_dict`` takes, in float64.

    Example:
        >>> layers = {1: {"type": "DATA", "height": 1, "width": 2, "channel": 1, "batch_size": 2},
        ...           2: {"type": "LOSS", "num": 2}}
        >>> params = {1: {"w": np.array([[3.0], [4.0]]), "b": np.zeros(1)}}
        >>> state_of(sequential_of(layers, params), layers, params)["1.weight"]
        array([[3., 4.]])
    """
    state: dict[str, Array] = {}
    weighted = [i for i in range(2, len(layers) + 1) if layers[i]["type"] in ("CONV", "IP", "LOSS")]
    places = [place for place, layer in enumerate(network) if layer.parameters()]
    shapes = [_input_shape(network, place) for place in places]
    for i, place, shape in zip(weighted, places, shapes, strict=True):
        w, b = (np.asarray(params[i - 1][name], dtype=np.float64) for name in ("w", "b"))
        if layers[i]["type"] == "CONV":
            k = int(layers[i]["k"])
            w = w.reshape(k, k, -1, w.shape[1]).transpose(3, 2, 0, 1)  # (k·k·C/G, O) -> (O, C/G, k, k)
        else:
            C, H, W = shape if len(shape) == 3 else (shape[0], 1, 1)
            w = w.reshape(H, W, C, -1).transpose(3, 2, 0, 1)  # (H·W·C, O) -> (O, C, H, W)
            w = w.reshape(len(w), -1)  # -> (O, C·H·W)
        state[f"{place}.weight"], state[f"{place}.bias"] = w, b.reshape(-1)
    return state


def _built(layers: Layers) -> list[nn.Layer]:
    built: list[nn.Layer] = []
    flat = False
    for i in range(2, len(layers) + 1):
        layer = layers[i]
        if layer["type"] in ("IP", "LOSS") and not flat:
            built.append(nn.Flatten())
            flat = True
        built += _layers_of(layer)
    return built


def _layers_of(layer: LayerSettings) -> list[nn.Layer]:
    kind, pad = layer["type"], int(layer.get("pad", 0))
    if kind == "CONV":
        group = int(layer.get("group", 1))
        return [nn.Conv2d(None, int(layer["num"]), int(layer["k"]), int(layer["stride"]), pad, groups=group)]
    if kind == "POOLING":
        return [nn.MaxPool2d(int(layer["k"]), int(layer["stride"]), pad)]
    if kind == "IP":
        return [nn.Linear(None, int(layer["num"]))]
    if kind == "LOSS":
        return [nn.Linear(None, int(layer["num"]) - 1), LastLogitAtZero()]
    return [nn.ReLU() if kind == "RELU" else nn.ELU()]


def _input_shape(network: nn.Sequential, place: int) -> Shape:
    """Of one input of a layer, as it was before it was flattened."""
    assert network.input_shape is not None
    inputs = [network.input_shape, *network.shapes(network.input_shape)]
    return inputs[place - 1] if isinstance(network[place - 1], nn.Flatten) else inputs[place]
