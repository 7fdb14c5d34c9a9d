"""Each layer of handgrad as the ONNX node that computes the same in evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from handgrad._typing import AnyArray, Array, Size, pair
from handgrad.errors import ArgumentError
from handgrad.exchange.onnx_chain import Chain
from handgrad.nn import (
    ELU,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    Linear,
    MaxPool2d,
    PReLU,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)
from handgrad.nn.affine import padding_in_pixels
from handgrad.ops.prelu import along_channels

Converter: TypeAlias = Callable[[Chain, Any, str, int], None]
"""Appends a layer's nodes: the chain, the layer, its place ("3", "3.0"), the axes that its input has."""


def values(layer: Layer, place: str) -> dict[str, AnyArray]:
    """Parameters, then buffers, under their names in the state_dict."""
    return {f"{place}.{name}": item.value for name, item in (layer.parameters() | layer.buffers()).items()}


def windows(kernel_size: Size, stride: Size, padding: Size) -> dict[str, tuple[int, ...]]:
    """ONNX's attributes of a sliding window; its padding is (top, left, bottom, right)."""
    return {"kernel_shape": pair(kernel_size), "strides": pair(stride), "pads": pair(padding) * 2}


def conv2d(chain: Chain, layer: Conv2d, place: str, ndim: int) -> None:
    """``Conv``."""
    pixels = padding_in_pixels(layer.padding, layer.kernel_size, layer.stride)
    attributes = windows(layer.kernel_size, layer.stride, pixels)
    chain.add("Conv", place, values(layer, place), group=layer.groups, **attributes)


def linear(chain: Chain, layer: Linear, place: str, ndim: int) -> None:
    """``Gemm`` for rows of features; where there are further axes, which it does not take, ``MatMul``."""
    arrays = values(layer, place)
    if ndim == 2:
        chain.add("Gemm", place, arrays, transB=1)
        return
    weight = arrays.pop(f"{place}.weight")
    chain.add("MatMul", place, {f"{place}.weight_transposed": weight.T})  # (O, I) -> (I, O)
    if arrays:
        chain.add("Add", place, arrays)


def max_pool2d(chain: Chain, layer: MaxPool2d, place: str, ndim: int) -> None:
    """``MaxPool``."""
    stride = layer.kernel_size if layer.stride is None else layer.stride
    chain.add("MaxPool", place, **windows(layer.kernel_size, stride, layer.padding))


def avg_pool2d(chain: Chain, layer: AvgPool2d, place: str, ndim: int) -> None:
    """``AveragePool``; padding counts in the divisor."""
    stride = layer.kernel_size if layer.stride is None else layer.stride
    attributes = windows(layer.kernel_size, stride, layer.padding)
    chain.add("AveragePool", place, count_include_pad=1, **attributes)


def prelu(chain: Chain, layer: PReLU, place: str, ndim: int) -> None:
    """``PRelu``, whose slopes must broadcast from the last axis: (C,) -> (C, 1, 1) for maps."""
    chain.add("PRelu", place, {f"{place}.weight": along_channels(layer.weight.value, ndim)})


def batch_norm(chain: Chain, layer: BatchNorm1d | BatchNorm2d, place: str, ndim: int) -> None:
    """``BatchNormalization`` with the running statistics."""
    arrays = values(layer, place)
    del arrays[f"{place}.num_batches_tracked"]
    chain.add("BatchNormalization", place, arrays, epsilon=layer.eps)


def nothing(chain: Chain, layer: Layer, place: str, ndim: int) -> None:
    """No node: in evaluation the layer passes on what it gets."""


CONVERTERS: Mapping[type[Layer], Converter] = {
    Conv2d: conv2d,
    Linear: linear,
    MaxPool2d: max_pool2d,
    AvgPool2d: avg_pool2d,
    Flatten: lambda chain, layer, place, ndim: chain.add("Flatten", place, axis=1),
    ReLU: lambda chain, layer, place, ndim: chain.add("Relu", place),
    LeakyReLU: lambda chain, layer, place, ndim: chain.add("LeakyRelu", place, alpha=layer.negative_slope),
    PReLU: prelu,
    ELU: lambda chain, layer, place, ndim: chain.add("Elu", place, alpha=layer.alpha),
    Sigmoid: lambda chain, layer, place, ndim: chain.add("Sigmoid", place),
    Tanh: lambda chain, layer, place, ndim: chain.add("Tanh", place),
    Softmax: lambda chain, layer, place, ndim: chain.add("Softmax", place, axis=layer.dim),
    Dropout: nothing,
    BatchNorm1d: batch_norm,
    BatchNorm2d: batch_norm,
}
"""Every layer of `handgrad.nn`, to what appends its nodes."""


def add_layers(chain: Chain, network: Sequential, x: Array, place: str = "") -> None:
    """The nodes of all layers; ``x`` walks along to tell how many axes each layer's input has."""
    for position, (layer, (y, _)) in enumerate(zip(network, network.walk(x), strict=True)):
        kind, name = kind_of(layer), f"{place}{position}"
        if kind is Sequential:
            add_layers(chain, cast(Sequential, layer), x, f"{name}.")
        elif kind is not None:
            CONVERTERS[kind](chain, layer, name, x.ndim)
        x = y


def kind_of(layer: Layer) -> type[Layer] | None:
    """Which layer of handgrad this one computes as: its own class, or one whose forward it inherits."""
    if isinstance(layer, Sequential):
        plain = type(layer).forward is Sequential.forward and type(layer).walk is Sequential.walk
        return Sequential if plain else None
    kinds = (kind for kind in CONVERTERS if isinstance(layer, kind) and type(layer).forward is kind.forward)
    return next(kinds, None)


def refuse_own_layers(layer: Layer, place: str = "") -> None:
    """Stop at the first layer whose forward handgrad did not write: what it computes cannot be known.

    Raises:
        ArgumentError: names the layer, and says what to do.
    """
    if kind_of(layer) is None:
        raise ArgumentError(
            f"export_onnx: {f'layer {place}' if place else 'the network'}, {layer!r}",
            expected=f"a layer of handgrad ({', '.join(kind.__name__ for kind in CONVERTERS)}, Sequential)",
            got=f"{type(layer).__name__}, whose forward is your own and has no counterpart in ONNX",
            hint="build it from those layers, or export safetensors or npz, which hold the weights alone",
        )
    if isinstance(layer, Sequential):
        for position, inner in enumerate(layer):
            refuse_own_layers(inner, f"{place}.{position}" if place else str(position))
