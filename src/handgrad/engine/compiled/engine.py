"""The compiled engine: a network's layers, loss and optimizer as machine code for this CPU."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from math import prod
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray, Shape
from handgrad.data import Dataset
from handgrad.data.selection import resolve
from handgrad.engine.compiled.kernels.linear import BLOCKS
from handgrad.engine.compiled.native import forks
from handgrad.engine.compiled.native.library import Library, library
from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.plan.matrices import MatrixPlan
from handgrad.engine.compiled.plan.network import looks_at_the_batch
from handgrad.engine.compiled.plan.plans import (
    Goal,
    Input,
    Plan,
    PredictionPlan,
    TrainingPlan,
    prediction_plan,
)
from handgrad.engine.compiled.plan.snapshot import Snapshot, obstacle
from handgrad.engine.compiled.plan.updates import CLIPPINGS
from handgrad.engine.nonfinite import explain
from handgrad.engine.own import clipped
from handgrad.engine.protocol import Augmentation, Step
from handgrad.engine.reference import IMAGES_AT_ONCE, ReferenceEngine
from handgrad.errors import EngineWarning
from handgrad.optim import ClipGradNorm, WeightAverage
from handgrad.randomness import Stream, generator

PLANS_KEPT = 8  # of different batches; each has memory of its own
FLOATS_AT_ONCE = 1_000_000  # of the widest layer of a prediction: what caches hold, in few portions


class CompiledEngine(ReferenceEngine):
    """Runs a network with kernels that are compiled for this CPU.

    Everything that it does not do faster it inherits. What has no kernel, such as your own `Layer`, runs
    by its own code, and a warning says so once.

    Arguments:
        network: its parameters are updated in place; float32 (a float64 network runs as in the reference).
        loss: what is minimised.
        optimizer: how.
        schedule: the learning rate at each step; None: the optimizer's own.
        clip: what is done to too large gradients; None: nothing.
        average: of the weights over the steps; None: none.
        threads: how many share the work; the result is the same for any number.
        seed: of dropout and augmentation.
    """

    name = "compiled"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._warned: set[str] = set()
        self._prepare()

    def _prepare(self) -> None:
        """Get what belongs to this object and this process alone."""
        self._library: Library = library(host())
        self._forget_plans()
        self.after_fork()
        forks.remember(self)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: no plans, for they know addresses."""
        own = ("_library", "_plans", "_portions", "_seen", "_turn")
        return {name: value for name, value in vars(self).items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._prepare()

    @property
    def fallbacks(self) -> list[str]:
        """Layers and other parts that run without kernels, as far as is known by now."""
        return sorted(self._warned)

    def _remember_nothing(self) -> None:
        super()._remember_nothing()
        self._forget_plans()

    def _forget_plans(self) -> None:
        self._plans: dict[Any, Any] = {}
        self._portions: dict[Shape, int] = {}
        self._seen: Snapshot | None = None

    def after_fork(self) -> None:
        """In a forked child nobody else is in the middle of a call."""
        self._turn = threading.RLock()  # a plan has one memory: two calls at once would mix their images up

    # prediction

    def predict(self, x: Array) -> Array:
        """The network's output (N, K) for a batch (N, C, H, W), in evaluation mode."""
        x = np.ascontiguousarray(x, self.network.dtype)
        if not self._can_run(x):
            return super().predict(x)
        if self.network.input_shape is None:
            self.network.infer(x.shape[1:])
        at_once = self._images_at_once(x.shape)
        if len(x) <= at_once:
            return self._predict(x)
        parts = [self._predict(x[start : start + at_once]) for start in range(0, len(x), at_once)]
        return np.concatenate(parts)

    def _predict(self, x: Array) -> Array:
        with self._turn:
            plan: PredictionPlan | MatrixPlan = self._plan(
                ("predict", x.shape),
                lambda: prediction_plan(*self._parts(Input(x.shape[1:], len(x), "floats"))),
            )
            with self._around(plan):
                return plan.predict(x)

    def _images_at_once(self, shape: Shape) -> int:
        """So many that what flows between layers stays in the cache, in portions of nearly equal size."""
        if shape not in self._portions:
            floats = max(prod(each) for each in [shape[1:], *self.network.shapes(shape[1:])])
            lanes = self._library.machine.lanes
            blocks = max(BLOCKS, FLOATS_AT_ONCE // (floats * lanes))
            if looks_at_the_batch(self.network, shape[1:]):
                self._portions[shape] = IMAGES_AT_ONCE  # as the reference cuts it
                return IMAGES_AT_ONCE
            needed = -(-shape[0] // lanes)
            self._portions[shape] = -(-needed // -(-needed // blocks)) * lanes
        return self._portions[shape]

    # training

    def train_step(self, x: Array, targets: AnyArray) -> Step:
        """Forward, backward and update for one batch."""
        x, targets = np.ascontiguousarray(x, self.network.dtype), np.asarray(targets)
        if not self._can_train(x):
            return super().train_step(x, targets)
        return self._step(Input(x.shape[1:], len(x), "floats"), x, None, targets)

    def train_on(self, dataset: Dataset, indices: IntArray, augment: Augmentation | None = None) -> Step:
        """One step on some images of a data set, straight from its bytes."""
        images, normalisation = dataset.images, dataset.normalisation
        if images.dtype != np.uint8 or not images.flags.c_contiguous or self.network.dtype != np.float32:
            return super().train_on(dataset, indices, augment)
        chosen = resolve(indices, len(dataset), f"batch of {dataset.name}")
        where = np.arange(*chosen.indices(len(dataset))) if isinstance(chosen, slice) else chosen
        where = np.where(where < 0, where + len(dataset), where)
        labels = dataset.labels[where]
        if augment is not None:
            rng = generator(self.seed, Stream.AUGMENTATION, self.step_count)
            images = np.ascontiguousarray(augment(images[where], rng))
            where = np.arange(len(images))
        shape = images.shape[1:] if images.ndim == 4 else (1, *images.shape[1:])
        if images.dtype != np.uint8 or not normalisation.fits(shape[0]):
            return self.train_step(normalisation.apply(images[where]), labels)
        if not self._can_train(images[:1], images=len(where)):
            return super().train_step(normalisation.apply(images[where]), labels)
        return self._step(Input(shape, len(where), "bytes", normalisation), images, where, labels)

    def _step(self, source: Input, images: AnyArray, where: IntArray | None, targets: AnyArray) -> Step:
        """A step on images, or on those of them that ``where`` names."""
        self.settle(source.shape)
        with self._turn:
            plan = self._training_plan(source)
            if not plan.updates.may_write:
                self.optimizer.check_writable(self.network.parameters())
            plan.read(images, where)
            plan.aim(targets)
            lr, step = self._learning_rate(), self.step_count + 1
            with self._around(plan, keep_buffers="in case of error"):
                loss, right, finite = plan.backward(self._noise() if plan.build.uses_rng else None)
                if not finite:
                    chosen = images if where is None else images[where]
                    x = source.normalisation.apply(chosen) if source.normalisation else chosen
                    with self._computing(), self._buffers_kept():
                        raise explain(self.network, self.loss, x, targets, self._noise(), step)
                self._advance(plan, lr, step)
            return Step(loss, right, plan.images, lr)

    def _advance(self, plan: TrainingPlan, lr: float, step: int) -> None:
        """Clip, update and average."""
        scale, share, updates = 1.0, 0.0, plan.updates
        if type(self.clip) is ClipGradNorm:
            scale = min(1.0, self.clip.max_norm / (updates.norm(self.clip) + 1e-6))
        elif self.clip and type(self.clip) not in CLIPPINGS and updates.compiled:
            updates.replace_gradients(clipped(self.clip, updates.gradients))
        in_kernels = self._averages_in_kernels()
        if self.average and self._average_state and in_kernels:
            share = self.average.share(self._average_state.updates + 1)
        if updates.compiled:
            updates.prepare(self.optimizer.rate(lr), step, scale=scale, share=share)
            self._optimizer_state.step = step
        else:
            updates.share(share)
            gradients = clipped(self.clip, updates.gradients) if self.clip else updates.gradients
            self.optimizer.step(self.network.parameters(), gradients, self._optimizer_state, lr=lr)
        plan.update()
        if self._average_state and in_kernels:
            self._average_state.updates += 1
        elif self.average and self._average_state:
            self._warn(f"the average {self.average!r}")
            self.average.update(self.network.parameters(), self._average_state)

    def _averages_in_kernels(self) -> bool:
        """Whether kernels keep the average: not one with an update of its own."""
        return self.average is not None and type(self.average).update is WeightAverage.update

    def gradients(self, x: Array, targets: AnyArray) -> dict[str, Array]:
        """The gradients that `train_step` would use, before any clipping; nothing is updated."""
        x, targets = np.ascontiguousarray(x, self.network.dtype), np.asarray(targets)
        if not self._can_train(x):
            return super().gradients(x, targets)
        self.settle(x.shape[1:])
        with self._turn:
            plan = self._training_plan(Input(x.shape[1:], len(x), "floats"))
            plan.read(x)
            plan.aim(targets)
            with self._around(plan, keep_buffers="always"):
                plan.backward(self._noise() if plan.build.uses_rng else None)
            made = plan.updates.gradients
            return {name: made[name].copy() for name in self.network.parameters()}

    # plans

    @contextmanager
    def _around(self, plan: Plan | MatrixPlan, keep_buffers: str = "") -> Iterator[None]:
        """Kernels need no preparation; layers run by their own code use BLAS, and may write to buffers."""
        if not plan.fallbacks:
            yield
            return
        kept = self._buffers_kept(only_in_case_of_error=keep_buffers == "in case of error")
        with self._computing(), kept if keep_buffers else nullcontext():
            yield

    def _can_run(self, x: AnyArray) -> bool:
        """Whether there is anything for kernels to do; the reference says what is wrong with the rest."""
        if self._seen is None or not self._seen.holds():
            self._forget_plans()
            self._seen, self._obstacle = Snapshot(self.network), obstacle(self.network)
        if self._obstacle:
            self._warn(self._obstacle)
            return False
        return x.ndim > 1 and len(x) > 0 and len(self.network) > 0

    def _can_train(self, x: AnyArray, images: int | None = None) -> bool:
        if not self._can_run(x):
            return False
        # of one image batch norm may have no variance: the reference says so
        return (len(x) if images is None else images) > 1 or not self.network.buffers()

    def _training_plan(self, source: Input) -> TrainingPlan:
        slots, state = self._optimizer_state.slots, self._average_state
        averages = state.averages if state and self._averages_in_kernels() else {}
        goal = Goal(self.loss, self.optimizer, slots, self.clip, averages)
        known = self._plans.get(source)
        if known is not None and known.goal != goal:
            del self._plans[source]  # the engine was given another optimizer, say

        def make() -> TrainingPlan:
            parameters = self.network.parameters()
            # kernels write where the optimizer remembers: it must be about these parameters
            values = {name: item.value for name, item in parameters.items()}
            self.optimizer.ready(parameters, values, self._optimizer_state)
            if self.average and self._average_state:
                self.average.check_fit(parameters, self._average_state)
            return TrainingPlan(*self._parts(source), goal)

        plan: TrainingPlan = self._plan(source, make)
        return plan

    def _parts(self, source: Input) -> tuple[Library, Any, Input, int]:
        return self._library, self.network, source, self.threads

    def _plan(self, key: Any, make: Any) -> Any:
        plan = self._plans.pop(key, None)
        if plan is None:
            plan = make()
            for what in plan.without_kernels:
                self._warn(what)
            if len(self._plans) >= PLANS_KEPT:
                del self._plans[next(iter(self._plans))]  # the one that was not used for longest
        self._plans[key] = plan
        return plan

    def _warn(self, what: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            sentence = f"no kernel for {what}: the reference runs it, more slowly"
            warnings.warn(sentence, EngineWarning, stacklevel=5)
