"""One layer alone in the compiled engine: its kernels, without any conversion around them."""

from math import prod

import numpy as np

from handgrad._typing import Array
from handgrad.engine.compiled.native.library import library
from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.plan.builder import Builder, Stage
from handgrad.engine.compiled.plan.network import nodes_of
from handgrad.engine.compiled.plan.rows import Rows
from handgrad.engine.compiled.plan.updates import Updates
from handgrad.nn import Layer, Sequential
from handgrad.optim import SGD


class LayerPlan:
    """The kernels that a plan would have for one layer in the midst of a network.

    Input and upstream gradient are laid out in blocks once, when the plan is made. Backward ends with whole
    gradients: the sums over parts of the batch are added up, as before an update.

    What the first run gave stays in ``first_dx``, (B, F, L), and ``first_gradients``.

    Arguments:
        layer: of any kind; one without kernels of its own, such as Flatten, has nothing to run.
        x: its input (N, ...).
        dy: the gradient of its output (N, ...).
        threads: that run the kernels.
        needs_dx: whether dx is wanted.
    """

    def __init__(self, layer: Layer, x: Array, dy: Array, threads: int, *, needs_dx: bool) -> None:
        self.build = build = Builder(library(host()), len(x), threads, training=True)
        build.rng = np.random.default_rng(0)
        self.threads = threads
        nodes = nodes_of(Sequential([layer], input_shape=x.shape[1:]), x.shape[1:])
        self.y = self._blocks(x)
        first = len(build.stages)
        for node in nodes:
            self.y = node.forward(build, self.y)
        self._forward = self._since(first)
        self.dy = self._blocks(dy, gradients=True)
        given, second = self.dy.copy(), len(build.stages)
        dx: Array | None = self.dy
        for position in reversed(range(len(nodes))):
            wanted = needs_dx or any(node.trains for node in nodes[:position])
            if dx is not None:
                dx = nodes[position].backward(build, dx, needs_dx=wanted)
        self.dx = dx if needs_dx else None
        slots: dict[str, dict[str, Array]] = {part.name: {} for part in build.parts}
        updates = Updates(build, SGD(), slots, None, {})
        self.gradients = updates.gradients
        self._backward = build.stages[second : updates.stages_before]
        self._first_time(given)

    def _blocks(self, array: Array, *, gradients: bool = False) -> Array:
        """Lay an array out in blocks, at once."""
        rows = Rows(self.build, prod(array.shape[1:]), "floats", gradients=gradients)
        rows.point_at(np.ascontiguousarray(array))
        blocks, before = rows.append(self.build), len(self.build.stages)
        run(self._since(before), self.threads)
        return blocks

    def _since(self, position: int) -> list[Stage]:
        self.build.close()
        return self.build.stages[position:]

    def _first_time(self, given: Array) -> None:
        """Run once; where dx is written in the place of dy, go on with zeros.

        Applied to its own result again and again, a gradient would become subnormal, which is slow, or grow.
        """
        self.forward()
        self.backward()
        self.first_gradients = {name: gradient.copy() for name, gradient in self.gradients.items()}
        self.first_dx = None if self.dx is None else self.dx.copy()
        if not np.array_equal(self.dy, given):
            self.dy[:] = 0

    def forward(self) -> None:
        """The layer in training."""
        run(self._forward, self.threads)

    def backward(self) -> None:
        """From dy to the gradients and, where it is wanted, dx."""
        run(self._backward, self.threads)


def run(stages: list[Stage], threads: int) -> None:
    """Run stages of a plan, one after the other."""
    for stage in stages:
        stage(threads)
