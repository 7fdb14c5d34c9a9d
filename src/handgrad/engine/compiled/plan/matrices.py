"""The prediction of many images by linear layers alone: the images are read as they lie, in no blocks."""

from __future__ import annotations

from math import ceil

import numpy as np

from handgrad._typing import AnyArray, Array, Shape
from handgrad.engine.compiled.kernels.layout import pieces, rows_to_blocks
from handgrad.engine.compiled.kernels.linear import SMALLEST
from handgrad.engine.compiled.kernels.linear_rows import images_in_tile, linear_rows
from handgrad.engine.compiled.native.emitter import float_bits
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.elementwise import ActivationNode, DropoutNode
from handgrad.engine.compiled.plan.fallback import plain
from handgrad.engine.compiled.plan.linear import LinearNode
from handgrad.engine.compiled.plan.node import Node

TASKS = 64  # of each layer: with 16, one of two threads has 3% more to do than the other for 1,000 images

Step = tuple[LinearNode, ActivationNode | None]


def steps_of(nodes: list[Node]) -> list[Step] | None:
    """The layers, each with the activation behind it; None where there is anything else."""
    steps: list[Step] = []
    for node in nodes:
        if isinstance(node, LinearNode) and node.repeats == 1:
            steps.append((node, ActivationNode("ReLU") if node.relu else None))
        elif isinstance(node, ActivationNode) and steps and steps[-1][1] is None:
            steps[-1] = steps[-1][0], node
        elif not isinstance(node, DropoutNode):  # which does nothing in a prediction
            return None
    return steps or None


def fits(steps: list[Step], images: int, machine: Machine) -> bool:
    """Whether there are images enough to fill a tile of each layer."""
    return all(images >= images_in_tile(node.layer.out_features, machine) for node, _ in steps)


class MatrixPlan:
    """Images to scores.

    Arguments:
        library: of kernels.
        steps: the layers.
        images: N.
        output_shape: of one image.
        threads: the most that will run it.
    """

    without_kernels: tuple[str, ...] = ()
    fallbacks: tuple[Node, ...] = ()

    def __init__(
        self, library: Library, steps: list[Step], images: int, output_shape: Shape, threads: int
    ) -> None:
        self.build = build = Builder(library, images, threads, training=False)
        self.threads, self.output_shape = threads, output_shape
        self._x = place = build.array((1,), np.int64)
        stride = steps[0][0].layer.weight.shape[1]
        weights = [self._laid_out(node, first=node is steps[0][0]) for node, _ in steps]
        for step, laid_out in zip(steps, weights, strict=True):
            place, stride = self._layer(step, laid_out, place, stride)
        build.close()

    def _laid_out(self, node: LinearNode, *, first: bool) -> Array:
        """A layer's weights as (⌈O/L⌉, I, L), anew at each prediction: they may have changed."""
        build, weight = self.build, node.layer.weight.value
        O, I = weight.shape
        blocks = ceil(O / build.L)
        addresses = build.array((blocks * build.L,), np.int64)
        each = np.minimum(np.arange(len(addresses)), O - 1)  # lanes behind the last output repeat it
        addresses[:] = weight.ctypes.data + 4 * I * each
        y = build.array((blocks, I, build.L))
        parameters = {"features": I, "kind": "floats", "keeps_rows": False}
        arguments = [addresses, y, y, y, y]
        build.add(rows_to_blocks, parameters, arguments, blocks * pieces(I), waits=first)
        return y

    def _layer(self, step: Step, weights: Array, place: AnyArray, stride: int) -> tuple[AnyArray, int]:
        """Append one; returns where the address of its output stands, and the length of a row there."""
        (node, activation), build = step, self.build
        O, I = node.layer.weight.shape
        wide = ceil(O / build.L) * build.L
        self._y = build.array((build.images, wide))
        bias = node.layer.bias.value if node.layer.bias else build.nothing(O)
        kind, extra = (activation.kind, activation.extra) if activation else ("", 0.0)
        tiles = ceil(build.images / images_in_tile(O, build.machine))
        tasks = min(TASKS, tiles, ceil(build.images * I * wide / build.L / SMALLEST))
        arguments = [place, stride, weights, bias, self._y, float_bits(extra), build.images, tasks]
        build.add(linear_rows, {"rows": O, "columns": I, "activation": kind}, arguments, tasks)
        after = build.array((1,), np.int64)
        after[0] = self._y.ctypes.data
        return after, wide

    def predict(self, x: AnyArray) -> Array:
        """The network's output (N, ...).

        Arguments:
            x: (N, ...), C-contiguous.
        """
        self._x[0] = x.ctypes.data
        for stage in self.build.stages:
            stage(self.threads)
        return plain(self.build, self._y, self.output_shape)
