"""What every engine can do; nothing above this room knows which one runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray, Shape
from handgrad.data import Dataset
from handgrad.loss import Loss
from handgrad.nn import Sequential

Augmentation = Callable[[AnyArray, np.random.Generator], AnyArray]
"""Changes a batch of images (N, H, W) or (N, C, H, W), bytes to bytes, by a generator's numbers."""


@dataclass(frozen=True)
class Step:
    """What one training step says.

    Arguments:
        loss: the mean loss of the batch, before the update.
        correct: how many of its images were classified rightly, before the update.
        count: how many images there were.
        lr: the learning rate used.
    """

    loss: float
    correct: int
    count: int
    lr: float


class Engine(Protocol):
    """Runs a network, and updates the network's own arrays in place."""

    name: str
    network: Sequential
    loss: Loss
    seed: int
    threads: int

    @property
    def step_count(self) -> int:
        """Training steps made so far."""
        ...

    def begin(self, total_steps: int | None) -> None:
        """Say how many steps the training that begins now will have; some schedules need it."""
        ...

    def settle(self, input_shape: Shape) -> None:
        """Fill in sizes that the network has left open, for inputs of ``input_shape`` (C, H, W)."""
        ...

    def predict(self, x: Array) -> Array:
        """The network's output (N, K) for a batch (N, C, H, W), in evaluation mode."""
        ...

    def train_step(self, x: Array, targets: AnyArray) -> Step:
        """Forward, backward and update for one batch.

        Raises:
            NonFiniteError: a loss or a gradient is NaN or infinite; parameters, buffers and the optimizer's
                memory are left as they were.
        """
        ...

    def train_on(self, dataset: Dataset, indices: IntArray, augment: Augmentation | None = None) -> Step:
        """One step on some images of a data set, straight from its bytes."""
        ...

    def gradients(self, x: Array, targets: AnyArray) -> dict[str, Array]:
        """The gradients that `train_step` would use, before any clipping; nothing is updated."""
        ...

    def activations(self, x: Array) -> list[Array]:
        """Every layer's output for a batch, in evaluation mode."""
        ...

    def averaged_weights(self) -> AbstractContextManager[None]:
        """While it lasts, the network has its averaged weights, where averages are kept."""
        ...

    def adopt(self, weights: dict[str, AnyArray]) -> None:
        """Make these the network's weights, and its averaged ones too: what a training has chosen.

        Raises:
            WeightsError: they belong to another network.
        """
        ...

    def state(self) -> dict[str, AnyArray]:
        """Copies of everything that a training needs to go on exactly: weights, optimizer, averages."""
        ...

    def load_state(self, state: dict[str, AnyArray]) -> None:
        """Continue from `state`.

        Raises:
            WeightsError: it belongs to another network or optimizer.
        """
        ...
