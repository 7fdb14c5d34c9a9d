"""The prediction of one image: another layout, and two kernels of its own."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from handgrad._typing import Array
from handgrad.engine.compiled.kernels.convolution import Convolution
from handgrad.engine.compiled.kernels.pooling import pool_wide
from handgrad.engine.compiled.kernels.single import (
    VECTORS,
    channel_parts,
    convolution_single,
    linear_single,
    pad_single,
    positions,
)
from handgrad.engine.compiled.native.library import Library, library
from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.convolution import ConvolutionNode
from handgrad.engine.compiled.plan.linear import LinearNode
from handgrad.engine.compiled.plan.node import Node

LIGHT = 2**18  # numbers: 1 MiB, the second cache of a core


def fits(nodes: list[Node]) -> bool:
    """Whether a network's convolutions are such as `convolution_single` computes."""
    windows = [node.shape.windows for node in nodes if isinstance(node, ConvolutionNode)]
    return all((each.SH, each.SW) == (1, 1) for each in windows)


def is_light(nodes: list[Node]) -> bool:
    """Whether one thread is enough: the weights fit into the cache of one core."""
    layers = [node.layer for node in nodes if isinstance(node, ConvolutionNode | LinearNode)]
    return sum(layer.weight.value.size for layer in layers) < LIGHT


def scalar(machine: Machine) -> Machine:
    """The same CPU, with one number in a vector: what the ordinary kernels are made for here."""
    return replace(machine, lanes=1)


def room_behind(wide: Library) -> int:
    """Floats behind each activation that a tile of vectors may read."""
    return (VECTORS + 1) * wide.machine.lanes


def forward(node: Node, build: Builder, wide: Library, x: Array) -> Array:
    """Append a node's way forward for one image.

    Arguments:
        node: any.
        build: with a library of scalar kernels.
        wide: the library of kernels with vectors.
        x: the memory of the input, with some room behind it.
    """
    if isinstance(node, ConvolutionNode):
        return _convolution(node, build, wide, x)
    if isinstance(node, LinearNode) and node.repeats == 1:
        return _linear(node, build, wide, x)
    return node.forward(build, x)


def _convolution(node: ConvolutionNode, build: Builder, wide: Library, x: Array) -> Array:
    shape, win = node.shape, node.shape.windows
    if win.PH or win.PW:
        padded = replace(win, H=win.H + 2 * win.PH, W=win.W + 2 * win.PW, PH=0, PW=0)
        source = build.maps(shape.C * padded.H * padded.W)
        build.add(pad_single, {"shape": _bare(shape)}, [x, source], shape.C)
        x, win = source, padded
    bare = replace(_bare(shape), windows=win)
    y = build.maps(shape.O * bare.pixels_in)
    tiles = ceil(positions(bare) / (VECTORS * wide.machine.lanes))
    tasks = shape.groups * len(channel_parts(bare, wide.machine.registers)) * tiles
    bias = node.layer.bias.value if node.layer.bias else build.nothing(shape.O)
    build.add(convolution_single, {"shape": bare}, [x, node.layer.weight.value, bias, y], tasks, made_by=wide)
    out = build.maps(shape.O * shape.pixels_out)
    build.add(pool_wide, {"pooling": shape.pooling, "windows": win}, [y, out], shape.O)
    return out


def _bare(shape: Convolution) -> Convolution:
    """The convolution with its ReLU, without its pooling."""
    return replace(shape, pooling=None)


def _linear(node: LinearNode, build: Builder, wide: Library, x: Array) -> Array:
    O, I = node.layer.weight.shape
    y = build.maps(O)
    bias = node.layer.bias.value if node.layer.bias else build.nothing(O)
    pieces = max(1, min(O // 8, O * I >> 15))
    parameters = {"rows": O, "columns": I, "relu": node.relu}
    build.add(linear_single, parameters, [node.layer.weight.value, bias, x, y, pieces], pieces, made_by=wide)
    return y


def scalar_library(wide: Library) -> Library:
    """The library of scalar kernels beside one of kernels with vectors."""
    return library(scalar(wide.machine))
