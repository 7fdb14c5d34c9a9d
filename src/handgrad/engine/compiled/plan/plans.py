"""Whole plans: one for a training step, one for prediction."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, prod
from typing import Literal

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray, Shape
from handgrad.data import Normalisation
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.plan import single
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.fallback import FallbackNode, plain, to_rows
from handgrad.engine.compiled.plan.linear import LinearNode
from handgrad.engine.compiled.plan.losses import OwnLoss, append_loss
from handgrad.engine.compiled.plan.matrices import MatrixPlan, fits, steps_of
from handgrad.engine.compiled.plan.network import check_arrays, nodes_of
from handgrad.engine.compiled.plan.rows import Rows
from handgrad.engine.compiled.plan.updates import Updates, clips_in_kernels
from handgrad.loss import Loss
from handgrad.nn import Sequential
from handgrad.optim import Clipping, Optimizer


@dataclass(frozen=True)
class Input:
    """What a plan reads.

    Arguments:
        shape: of one image.
        images: N.
        kind: of number: bytes are normalised on the way.
        normalisation: of bytes.
    """

    shape: Shape
    images: int
    kind: Literal["bytes", "floats"]
    normalisation: Normalisation | None = None


@dataclass(frozen=True)
class Goal:
    """What a training step is for.

    Arguments:
        loss: to be made smaller.
        optimizer: how.
        slots: what the optimizer remembers, by parameter and slot.
        clip: what is done to large gradients.
        averages: averaged parameters by name; empty: none are kept, or not by kernels.
    """

    loss: Loss
    optimizer: Optimizer
    slots: dict[str, dict[str, Array]]
    clip: Clipping | None
    averages: dict[str, Array]


class Plan:
    """The way forward through a network, for batches of one size.

    Arguments:
        library: of kernels.
        network: settled for these images.
        source: what it reads.
        threads: the most that will run it.
        training: whether a backward pass will follow.
    """

    def __init__(
        self, library: Library, network: Sequential, source: Input, threads: int, *, training: bool
    ) -> None:
        check_arrays(network, source.shape)
        self.nodes = nodes_of(network, source.shape)
        alone = source.images == 1 and not training and single.fits(self.nodes)
        room = single.room_behind(library) if alone else 0
        own = single.scalar_library(library) if alone else library
        self.build = build = Builder(own, source.images, threads, training=training, room_behind=room)
        self.images, self.threads = source.images, threads
        if alone and single.is_light(self.nodes):
            self.threads = 1  # to wake another takes longer
        features = prod(source.shape)
        self.rows = Rows(build, features, source.kind)
        first, kept = (self.nodes[0] if self.nodes else None), None
        if training and isinstance(first, LinearNode) and first.repeats == 1:
            kept = first.rows = build.array((build.blocks * build.L, ceil(features / build.L) * build.L))
        channels = source.shape[0] if len(source.shape) == 3 else 1
        y = self.rows.append(build, normalisation=source.normalisation, channels=channels, kept=kept)
        for node in self.nodes:
            y = single.forward(node, build, library, y) if alone else node.forward(build, y)
        self.y, self.output_shape = y, network.output_shape(source.shape)
        self.fallbacks = [node for node in self.nodes if isinstance(node, FallbackNode)]
        self.without_kernels = [f"layer {node.name}, {node.layer!r}" for node in self.fallbacks]

    def run(self, rng: np.random.Generator | None, first: int = 0, last: int | None = None) -> None:
        """Run some of the stages.

        Arguments:
            rng: of this step.
            first, last: of the stages; all without them.
        """
        self.build.rng = rng
        for stage in self.build.stages[first:last]:
            stage(self.threads)


def prediction_plan(
    library: Library, network: Sequential, source: Input, threads: int
) -> PredictionPlan | MatrixPlan:
    """The plan for a prediction, whichever suits the network and the number of images.

    Arguments:
        library, network, source, threads: as of `Plan`.
    """
    check_arrays(network, source.shape)
    steps = steps_of(nodes_of(network, source.shape))
    if steps and fits(steps, source.images, library.machine):
        return MatrixPlan(library, steps, source.images, network.output_shape(source.shape), threads)
    return PredictionPlan(library, network, source, threads)


class PredictionPlan(Plan):
    """Images to scores."""

    def __init__(self, library: Library, network: Sequential, source: Input, threads: int) -> None:
        super().__init__(library, network, source, threads, training=False)
        self._scores = to_rows(self.build, self.y)
        self.build.close()

    def predict(self, x: AnyArray) -> Array:
        """The network's output (N, ...).

        Arguments:
            x: (N, ...), C-contiguous.
        """
        self.rows.point_at(x)
        self.run(None)
        return plain(self.build, self._scores, self.output_shape)


class TrainingPlan(Plan):
    """One training step.

    Arguments:
        library, network, source, threads: as of `Plan`.
        goal: what the step is for.
    """

    def __init__(
        self, library: Library, network: Sequential, source: Input, threads: int, goal: Goal
    ) -> None:
        super().__init__(library, network, source, threads, training=True)
        build = self.build
        self.loss = append_loss(build, goal.loss, self.y, self.output_shape)
        dy: Array | None = self.loss.dy
        for position in reversed(range(len(self.nodes))):
            needs_dx = any(node.trains for node in self.nodes[:position])
            if dy is None or not (needs_dx or self.nodes[position].trains):
                break
            dy = self.nodes[position].backward(build, dy, needs_dx=needs_dx)
        self.goal = goal
        self.updates = Updates(build, goal.optimizer, goal.slots, goal.clip, goal.averages)
        if isinstance(self.loss, OwnLoss):
            self.without_kernels.append(f"the loss {goal.loss!r}")
        if not self.updates.compiled:
            self.without_kernels.append(f"the optimizer {goal.optimizer!r}")
        if goal.clip and not clips_in_kernels(goal.clip):
            self.without_kernels.append(f"the clipping {goal.clip!r}")

    def aim(self, targets: AnyArray) -> None:
        """Take the targets of the next step."""
        self.loss.aim(targets)

    def read(self, images: AnyArray, indices: IntArray | None = None) -> None:
        """Take the images of the next step.

        Arguments:
            images: C-contiguous; all of them, or
            indices: some.
        """
        if indices is None:
            self.rows.point_at(images)
        else:
            self.rows.pick(images, indices)

    def backward(self, rng: np.random.Generator | None) -> tuple[float, int, bool]:
        """Forward and backward.

        Returns:
            the loss, how many images were classified rightly, and whether loss and gradients are finite.
        """
        self.updates.flag[0] = 0
        self.run(rng, 0, self.updates.stages_before)
        loss, right = self.loss.result()
        return loss, right, bool(np.isfinite(loss)) and not self.updates.flag[0]

    def update(self) -> None:
        """The optimizer's step, with the numbers that were prepared."""
        self.run(None, self.updates.stages_before)
        for remember in self.build.after_success:
            remember()
