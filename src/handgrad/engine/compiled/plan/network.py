"""Which layers run as what: a network as a list of nodes."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from handgrad._typing import Shape, pair
from handgrad.engine.compiled.kernels.activation import KINDS
from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.geometry import Windows
from handgrad.engine.compiled.kernels.pooling import LARGEST_WINDOW, Pooling
from handgrad.engine.compiled.plan.convolution import ConvolutionNode, PoolingNode
from handgrad.engine.compiled.plan.elementwise import (
    ActivationNode,
    BatchNormNode,
    BatchSoftmaxNode,
    DropoutNode,
    PReLUNode,
    SoftmaxNode,
)
from handgrad.engine.compiled.plan.fallback import FallbackNode
from handgrad.engine.compiled.plan.linear import LinearNode
from handgrad.engine.compiled.plan.node import Node
from handgrad.nn import (
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    PReLU,
    ReLU,
    Sequential,
    Softmax,
)
from handgrad.nn.affine import padding_in_pixels


@dataclass(frozen=True)
class Place:
    """A layer and where it stands.

    Arguments:
        layer: no `Sequential`.
        name: such as "3", or "3.0" inside another network.
        shape, output_shape: of one image before and behind it.
        owner, position: the network that it stands in, and where there.
    """

    layer: Layer
    name: str
    shape: Shape
    output_shape: Shape
    owner: Sequential
    position: int


OWN_CODE = {"forward", "backward"}


def places(network: Sequential, shape: Shape, prefix: str = "") -> Iterator[Place]:
    """All layers, those of networks inside the network too.

    Raises:
        ShapeError: a layer does not fit the one before it.
    """
    for position, (layer, output) in enumerate(zip(network, network.shapes(shape), strict=True)):
        name = f"{prefix}{position}"
        if type(layer) is Sequential:
            yield from places(layer, shape, f"{name}.")
        else:
            yield Place(layer, name, shape, output, network, position)
        shape = output


def check_arrays(network: Sequential, shape: Shape) -> None:
    """Have the reference refuse parameters and buffers that do not fit: kernels only know addresses.

    Arguments:
        network: settled.
        shape: of one image.

    Raises:
        ShapeError: as the reference does.
    """
    for place in places(network, shape):
        if _kind(place.layer).__module__.startswith("handgrad.nn") and place.layer.parameters():
            with np.errstate(all="ignore"):  # weights may be infinite: that is for the step to find
                place.owner.layer_forward(place.position, np.zeros((1, *place.shape), np.float32))


def looks_at_the_batch(network: Sequential, shape: Shape) -> bool:
    """Whether what becomes of one image may depend on the others that it is predicted with."""
    nodes = nodes_of(network, shape)
    return any(isinstance(node, BatchSoftmaxNode | FallbackNode) for node in nodes)


def nodes_of(network: Sequential, input_shape: Shape) -> list[Node]:
    """The network as nodes: convolutions take the ReLU and the pooling behind them along, and so on.

    Arguments:
        network: settled.
        input_shape: of one image.
    """
    # by exact class: a subclass may compute something else
    waiting = [place for place in places(network, input_shape) if _kind(place.layer) is not Flatten]
    nodes: list[Node] = []
    while waiting:
        place = waiting.pop(0)
        kind = _kind(place.layer)
        if kind is Conv2d:
            nodes.append(_convolution(place, waiting))
        elif kind is Linear:
            relu = bool(waiting) and _kind(waiting[0].layer) is ReLU
            if relu:
                waiting.pop(0)
            nodes.append(_linear(place, relu, nodes[-1] if nodes else None))
        else:
            nodes.append(_other(place))
    return nodes


def _kind(layer: Layer) -> type[Layer]:
    """The class whose kernels compute a layer; `Layer`, which has none, where it has code of its own."""
    return Layer if OWN_CODE & vars(layer).keys() else type(layer)


def _convolution(place: Place, waiting: list[Place]) -> ConvolutionNode:
    layer: Any = place.layer
    stride, padding = (
        pair(layer.stride),
        pair(padding_in_pixels(layer.padding, layer.kernel_size, layer.stride)),
    )
    _, H, W = place.shape
    windows = Windows(H, W, *pair(layer.kernel_size), *stride, *padding)
    relu = bool(waiting) and _kind(waiting[0].layer) is ReLU
    if relu:
        waiting.pop(0)
    pooling = None
    if waiting and _is_pooling(waiting[0].layer):
        pooling = _pooling(waiting.pop(0))
    shape = Convolution(place.shape[0], layer.out_channels, layer.groups, windows, relu, pooling)
    return ConvolutionNode(layer, place.name, shape)


def _is_pooling(layer: Layer) -> bool:
    """Whether it is a pooling that has kernels."""
    if not isinstance(layer, MaxPool2d | AvgPool2d) or _kind(layer) not in (MaxPool2d, AvgPool2d):
        return False
    KH, KW = pair(layer.kernel_size)
    return KH * KW <= LARGEST_WINDOW


def _pooling(place: Place) -> Pooling:
    layer: Any = place.layer
    kernel, padding = pair(layer.kernel_size), pair(layer.padding)
    if any(2 * wide > size for wide, size in zip(padding, kernel, strict=True)):
        place.owner.layer_forward(
            place.position, np.zeros((1, *place.shape), np.float32)
        )  # says what is wrong
    stride = kernel if layer.stride is None else pair(layer.stride)
    _, H, W = place.shape
    windows = Windows(H, W, *kernel, *stride, *padding)
    return Pooling("max" if type(layer) is MaxPool2d else "avg", windows)


def _linear(place: Place, relu: bool, before: Node | None) -> LinearNode:
    layer: Any = place.layer
    gates = isinstance(before, LinearNode) and before.relu
    if isinstance(before, LinearNode):
        before.gated = gates
    return LinearNode(layer, place.name, prod(place.shape[:-1]), relu, gates)


def _other(place: Place) -> Node:
    layer: Any = place.layer
    kind, shape = _kind(layer), place.shape
    pixels = prod(shape[1:])
    if _is_pooling(layer):
        return PoolingNode(_pooling(place), shape[0])
    if kind.__name__ in KINDS and kind.__module__ == ReLU.__module__:
        return ActivationNode(kind.__name__, getattr(layer, "negative_slope", getattr(layer, "alpha", 0.0)))
    if kind is Dropout:
        return DropoutNode(layer.p, shape)
    if kind in (BatchNorm1d, BatchNorm2d):
        return BatchNormNode(layer, place.name, shape[0], pixels)
    if kind is PReLU and layer.num_parameters in (1, shape[0]):
        return PReLUNode(layer, place.name, shape[0], pixels)
    if kind is Softmax:
        axis = layer.dim % (len(shape) + 1) - 1
        if axis < 0:
            return BatchSoftmaxNode()
        return SoftmaxNode(prod(shape[:axis]), shape[axis], prod(shape[axis + 1 :]))
    return _fallback(place)


def _fallback(place: Place) -> FallbackNode:
    def backward(dy: Any, cache: Any) -> Any:
        return place.owner.layer_backward(place.position, dy, cache)

    def forward(x: Any, *, training: bool, rng: Any) -> Any:
        y, cache = place.owner.layer_forward(place.position, x, training=training, rng=rng)
        return y, (x.shape, cache)

    return FallbackNode(place.layer, place.name, forward, backward, place.shape, place.output_shape)
