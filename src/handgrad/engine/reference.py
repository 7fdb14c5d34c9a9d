"""The reference engine: the readable ops, called one after the other. What it computes is the definition."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray, Shape
from handgrad.data import Dataset, batch
from handgrad.engine.nonfinite import explain, gradients_are_finite
from handgrad.engine.own import clipped, loss_backward, loss_forward
from handgrad.engine.protocol import Augmentation, Step
from handgrad.engine.threads import limit_blas
from handgrad.errors import WeightsError
from handgrad.loss import Loss
from handgrad.metrics import correct
from handgrad.nn import Sequential
from handgrad.nn.layer import Gradients
from handgrad.nn.weights import match
from handgrad.optim import Clipping, Optimizer, Schedule, WeightAverage
from handgrad.randomness import Stream, generator

IMAGES_AT_ONCE = 250  # in prediction: im2col makes each 5x5 convolution 25 times its input


class ReferenceEngine:
    """Runs a network with the ops of `handgrad.ops`.

    Arguments:
        network: its parameters are updated in place.
        loss: what is minimised.
        optimizer: how.
        schedule: the learning rate at each step; None: the optimizer's own.
        clip: what is done to too large gradients; None: nothing.
        average: of the weights over the steps; None: none.
        threads: that BLAS may use.
        seed: of dropout and augmentation.
    """

    name = "reference"

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        optimizer: Optimizer,
        *,
        schedule: Schedule | None,
        clip: Clipping | None,
        average: WeightAverage | None,
        threads: int,
        seed: int,
    ) -> None:
        self.network, self.loss, self.optimizer = network, loss, optimizer
        self.schedule, self.clip, self.average = schedule, clip, average
        self.threads, self.seed = threads, seed
        self.total_steps: int | None = None
        self._first_step = 0
        self._remember_nothing()

    def _remember_nothing(self) -> None:
        parameters = self.network.parameters()
        self._optimizer_state = self.optimizer.init(parameters)
        self._average_state = self.average.init(parameters) if self.average else None

    def settle(self, input_shape: Shape) -> None:
        """Fill in sizes that the network has left open."""
        if self.network.input_shape is None:
            self.network.infer(input_shape)
        if self.step_count == 0 and self._optimizer_state.slots.keys() != self.network.parameters().keys():
            self._remember_nothing()  # only now is it known what there is to remember

    @property
    def step_count(self) -> int:
        """Training steps made so far."""
        return self._optimizer_state.step

    def begin(self, total_steps: int | None) -> None:
        """Say how many steps the training that begins now will have; some schedules need it."""
        self.total_steps, self._first_step = total_steps, self.step_count

    def predict(self, x: Array) -> Array:
        """The network's output (N, K) for a batch (N, C, H, W), in evaluation mode."""
        x = np.asarray(x, self.network.dtype)
        with self._computing():
            if x.ndim > 1 and not len(x):
                return np.empty((0, *self.network.output_shape(x.shape[1:])), self.network.dtype)
            starts = range(0, len(x), IMAGES_AT_ONCE)
            return np.concatenate([self._last_output(x[start : start + IMAGES_AT_ONCE]) for start in starts])

    def _last_output(self, x: Array) -> Array:
        for y, _ in self.network.walk(x):  # caches are dropped as it goes
            x = y
        return x

    def train_step(self, x: Array, targets: AnyArray) -> Step:
        """Forward, backward and update for one batch."""
        x, targets = np.asarray(x, self.network.dtype), np.asarray(targets)
        self.settle(x.shape[1:])
        with self._computing(), self._buffers_kept(only_in_case_of_error=True):
            loss, scores, gradients = self._pass(x, targets)
            if not np.isfinite(loss) or not gradients_are_finite(gradients):
                raise explain(self.network, self.loss, x, targets, self._noise(), self.step_count + 1)
            right = correct(scores, targets) if scores.ndim == 2 and targets.ndim == 1 else 0
            if self.clip:
                gradients = clipped(self.clip, gradients)
            lr = self._learning_rate()
            parameters = self.network.parameters()
            self.optimizer.step(parameters, gradients, self._optimizer_state, lr=lr)
            if self.average and self._average_state:
                self.average.update(parameters, self._average_state)
        return Step(loss, right, len(x), lr)

    def _pass(self, x: Array, targets: AnyArray) -> tuple[float, Array, Gradients]:
        """Forward and backward: the loss, the network's output, and the gradients by parameter name."""
        y, caches = self.network.forward(x, training=True, rng=self._noise())
        loss, loss_cache = loss_forward(self.loss, y, targets)
        _, gradients = self.network.backward(loss_backward(self.loss, loss_cache, y.shape), caches)
        return loss, y, gradients

    def train_on(self, dataset: Dataset, indices: IntArray, augment: Augmentation | None = None) -> Step:
        """One step on some images of a data set, straight from its bytes."""
        if augment is None:
            return self.train_step(*batch(dataset, indices))
        rng = generator(self.seed, Stream.AUGMENTATION, self.step_count)
        part = dataset.take(np.asarray(indices))  # a copy, whatever the indices: augment may write into it
        return self.train_step(dataset.normalisation.apply(augment(part.images, rng)), part.labels)

    def gradients(self, x: Array, targets: AnyArray) -> dict[str, Array]:
        """The gradients that `train_step` would use, before any clipping; nothing is updated."""
        x, targets = np.asarray(x, self.network.dtype), np.asarray(targets)
        self.settle(x.shape[1:])
        with self._computing(), self._buffers_kept():
            return self._pass(x, targets)[2]

    @contextmanager
    def _buffers_kept(self, *, only_in_case_of_error: bool = False) -> Iterator[None]:
        """Batch norm's running statistics are afterwards what they were."""
        kept = [(buffer, buffer.value.copy()) for buffer in self.network.buffers().values()]
        restore = True
        try:
            yield
            restore = not only_in_case_of_error
        finally:
            for buffer, value in kept if restore else []:
                buffer.value[...] = value

    def activations(self, x: Array) -> list[Array]:
        """Every layer's output for a batch, in evaluation mode."""
        with self._computing():
            return [y for y, _ in self.network.walk(x)]

    def averaged_weights(self) -> AbstractContextManager[None]:
        """While it lasts, the network has its averaged weights, where averages are kept."""
        if self.average is None or self._average_state is None or not self._average_state.updates:
            return nullcontext()  # before the first update there is nothing that was averaged
        return self.average.averaged(self.network.parameters(), self._average_state)

    def adopt(self, weights: dict[str, AnyArray]) -> None:
        """Make these the network's weights, and its averaged ones too: what a training has chosen."""
        self.network.load_state_dict(weights)
        if self._average_state:
            for name, average in self._average_state.averages.items():
                average[...] = weights[name]

    def state(self) -> dict[str, AnyArray]:
        """Copies of everything that a training needs to go on exactly: weights, optimizer, averages."""
        parts = {"network": self.network.state_dict(), "optimizer": self._optimizer_state.to_arrays()}
        if self._average_state:
            parts["average"] = self._average_state.to_arrays()
        return {f"{part}/{name}": array for part, arrays in parts.items() for name, array in arrays.items()}

    def load_state(self, state: dict[str, AnyArray]) -> None:
        """Continue from `state`; all or nothing."""
        mine = self.state()
        match("engine state", {name: array.shape for name, array in mine.items()}, state)
        parts: dict[str, dict[str, AnyArray]] = {"network": {}, "optimizer": {}, "average": {}}
        for key, array in state.items():
            if array.dtype != mine[key].dtype:
                raise WeightsError(
                    "engine state", expected=f"{key} as {mine[key].dtype}", got=str(array.dtype)
                )
            part, name = key.split("/", 1)
            parts[part][name] = array
        self.network.load_state_dict(parts["network"])
        self._optimizer_state.load_arrays(parts["optimizer"])
        if self._average_state:
            self._average_state.load_arrays(parts["average"])

    def _learning_rate(self) -> float:
        if self.schedule is None:
            return self.optimizer.lr
        return self.schedule(self.step_count - self._first_step, self.optimizer.lr, self.total_steps)

    def _noise(self) -> np.random.Generator:
        """The randomness of the next step: a function of seed and step, with no state to save."""
        return generator(self.seed, Stream.FORWARD, self.step_count)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        """BLAS on this engine's threads; infinities are looked for by us, not warned about by NumPy."""
        with limit_blas(self.threads), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            yield
