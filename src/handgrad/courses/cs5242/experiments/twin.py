"""The same short training by the course's own `Model` and by the compiled engine, batch for batch."""

import io
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.courses.cs5242.applications import MNISTNet
from handgrad.courses.cs5242.experiments.logged import BATCH, PENALTY, Logged, intervals, logged_training
from handgrad.courses.cs5242.loss import L2, SoftmaxCrossEntropy
from handgrad.courses.cs5242.models import Model
from handgrad.courses.cs5242.optimizers import Adam
from handgrad.data import Dataset, Splits, batch, shuffled_indices
from handgrad.nn import ReLU

RATE = 0.001


class InOrder:
    """The batches of the engine's first epoch, for the course's `Model`.

    Arguments:
        dataset: the training images.
        seed: of the order.
    """

    def __init__(self, dataset: Dataset, seed: int) -> None:
        self.dataset, self.num_train = dataset, len(dataset)
        self.order = shuffled_indices(len(dataset), seed=seed, epoch=0)

    def train_loader(self, size: int) -> Iterator[tuple[Array, IntArray]]:
        """Yields images (size, 1, 28, 28), float64, and labels (size,)."""
        for start in range(0, self.num_train, size):
            x, targets = batch(self.dataset, self.order[start : start + size])
            yield x.astype(np.float64), targets

    def val_loader(self, size: int) -> Iterator[tuple[Array, IntArray]]:
        """The training images: the course's `Model` wants to see some."""
        return self.train_loader(size)

    test_loader = val_loader


def halve(lr: float, iteration: int) -> float:
    """The document's scheduler."""
    return lr * 0.5 if iteration % 1000 == 0 else lr


def twins(splits: Splits, iterations: int, threads: int | None) -> dict[str, Any]:
    """Train four ways from the same first weights on the same batches.

    Arguments:
        splits: as the course divides them; the first images are used.
        iterations: of BATCH images.
        threads: for the engine.

    Returns:
        the losses of the course's model in float64, and of the engines: the reference in float64 and the
        compiled one in float32, both with the course's ReLU, and the compiled one with the library's; how
        far they are from the model's, and how long an iteration of the model takes.
    """
    one, few = slice(1), slice(iterations * BATCH)
    few_images = Splits(splits.train.take(few), splits.validation.take(one), splits.test.take(one))
    engines = {
        "double": logged_training(few_images, RATE, threads=threads, epochs=1, double=True),
        "passing": logged_training(few_images, RATE, threads=threads, epochs=1),
        "plain": logged_training(few_images, RATE, threads=threads, epochs=1, relu=ReLU),
    }
    first = engines["passing"]
    iterations = len(first.train)  # fewer than were asked for where there are fewer images
    model = MNISTNet()
    take_weights(model, first.first)
    model.compile(Adam(lr=RATE, sheduler_func=halve), SoftmaxCrossEntropy(10), L2(w=PENALTY))
    every = intervals(len(first.splits.train)).printing
    started = time.perf_counter()
    with redirect_stdout(io.StringIO()) as log:
        results, _, _ = model.train(
            InOrder(first.splits.train, first.run.seed),
            train_batch=BATCH,
            epochs=1,
            val_intervals=0,
            test_intervals=0,
            print_intervals=every,
        )
    seconds = (time.perf_counter() - started) / iterations
    losses = {name: [loss for _, loss, _ in logged.train] for name, logged in engines.items()}
    return {
        "iterations": iterations,
        "milliseconds": seconds * 1000,
        "losses": {"model": [float(loss) for loss in results[:, 1]], **losses},
        "loss_differences": {
            name: float(np.max(np.abs(results[:, 1] - values))) for name, values in losses.items()
        },
        "weight_differences": {name: _apart(model, logged) for name, logged in engines.items()},
        "log": log.getvalue().splitlines(),
        "engine_log": [line for line in first.lines if line.startswith(("Epoch", "Iteration"))],
    }


def take_weights(model: Model, weights: dict[str, Array]) -> None:
    """Give the course's `MNISTNet` the weights of the library's mnistnet.

    Arguments:
        model: whose layers stand in the same places.
        weights: by the library's names, "0.weight" and so on.
    """
    for position, layer in enumerate(model.layers):
        if layer.trainable:
            kernel = weights[f"{position}.weight"].astype(np.float64)
            kernel = kernel.T.copy() if kernel.ndim == 2 else kernel  # (O, I) -> (I, O)
            layer.update({"weights": kernel, "bias": weights[f"{position}.bias"].astype(np.float64)})


def weights_of(model: Model) -> list[Array]:
    """Weights and biases of the course's model, in the library's shapes and order."""
    params = model.get_params()[0]
    return [value.T if value.ndim == 2 else value for value in params.values()]  # (I, O) -> (O, I)


def _apart(model: Model, logged: Logged) -> float:
    """How far an engine's weights are from the model's, relative to these."""
    ours = np.concatenate([value.ravel() for value in weights_of(model)])
    theirs = np.concatenate([item.value.ravel() for item in logged.run.network.parameters().values()])
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(ours))
