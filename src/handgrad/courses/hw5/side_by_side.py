"""One training three times over, step by step: the course's classes, and the library with either engine."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.courses.hw5.choosing import settings
from handgrad.courses.hw5.classifier import nn_mnist_classifier
from handgrad.courses.study import Study
from handgrad.data import Dataset, Splits, shuffled_indices
from handgrad.engine import Engine
from handgrad.engine.threads import choose_threads, limit_blas
from handgrad.recipes import Recipe, build_network, build_run, find_recipe, override, prepare
from handgrad.train import evaluate

BUDGET, QUICK_BUDGET = 240.0, 20.0  # seconds that the steps of the course's classes may take
EXACT = 20  # steps in which the library computes in float64 too
IMAGES_AT_ONCE = 250
SAMPLE = 100  # validation images that the course's own script looks at
POINTS = 40  # of each curve: with batches of 50 one every 50 steps, as the course's script prints
TOLD = 4  # every so many points the validation split is looked at
MILESTONES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


@dataclass
class Runner:
    """One of those that train: how it makes a step, and what it has become."""

    step: Callable[[IntArray], tuple[float, int]]
    """Trains on some images; returns the mean loss and how many were right, before the update."""

    weights: Callable[[], list[Array]]
    """W and b of the convolution and of both fully connected layers."""


def side_by_side(study: Study, batch_size: int, lr: float) -> dict[str, Any]:
    """Train the document's network for two epochs, each step with the course's classes and with the library.

    All begin with the same weights and see the same batches. The library's compiled engine computes in
    float32 and, for the first steps, its reference engine in float64, as the course's classes do.

    Arguments:
        study: the data, and whether a look is enough.
        batch_size, lr: as chosen.

    Returns:
        losses and accuracies on the way, times, and how far the weights came apart.
    """
    recipe = override(find_recipe("hw5"), settings(batch_size, lr))
    data = prepare(recipe, study.splits)
    batches = list(_batches(recipe, len(data.train)))
    threads = choose_threads(study.threads)
    classifier, engine = _classifier(recipe), _engine(recipe, study.threads)
    exact = _engine(recipe, study.threads, double=True)
    own, library = _own(classifier, data.train, threads), _library(engine, data.train)
    reference = _reference(exact, data.train)
    every = max(1, len(batches) // POINTS)
    watching = Watching(every)
    seconds: dict[str, list[float]] = {"own": [], "library": []}
    apart: list[dict[str, float]] = []
    log: list[dict[str, Any]] = []
    exact_apart, steps = 0.0, 0
    budget = QUICK_BUDGET if study.quick else BUDGET
    for number, batch in enumerate(batches, start=1):
        if number > EXACT and sum(seconds["own"]) >= budget:
            break
        steps = number
        for name, runner in (("own", own), ("library", library)):
            started = time.perf_counter()
            loss, right = runner.step(batch)
            seconds[name].append(time.perf_counter() - started)
            watching.add(name, loss, right, len(batch))
        if number <= EXACT:
            reference.step(batch)
            exact_apart = _distance(own, reference)
        if number in MILESTONES:
            apart.append({"step": number, "distance": _distance(own, library)})
        if number % every == 0:
            watching.keep(number)
        if number % (TOLD * every) == 0:
            log.append(_look(number, classifier, engine, data, watching.rows[-1]))
    study.say(f"the course's classes: {steps} steps of {np.median(seconds['own']) * 1e3:.0f} ms")
    if apart[-1]["step"] != steps:
        apart.append({"step": steps, "distance": _distance(own, library)})
    return {
        "steps": steps,
        "all_steps": len(batches),
        "batch_size": batch_size,
        "lr": lr,
        "threads": threads,
        "curve": watching.rows,
        "curves_apart": max(abs(row["own"]["loss"] - row["library"]["loss"]) for row in watching.rows),
        "log": log,
        "apart": apart,
        "exact_steps": min(EXACT, steps),
        "exact_apart": exact_apart,
        "largest_weight": max(float(np.abs(array).max()) for array in own.weights()),
        "seconds": {name: sum(times) for name, times in seconds.items()},
        "step_seconds": {name: float(np.median(times)) for name, times in seconds.items()},
        "ratio": float(np.median(seconds["own"]) / np.median(seconds["library"])),
        "validation_accuracy": _both(classifier, engine, data.validation),
        "test_accuracy": _both(classifier, engine, data.test),
        "engine": engine.name,
    }


class Watching:
    """Losses and accuracies since the last point of the curves.

    Arguments:
        every: steps between two points.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self.rows: list[dict[str, Any]] = []
        self._sums: dict[str, list[float]] = {}

    def add(self, name: str, loss: float, right: int, count: int) -> None:
        """Note one step of one of those that train."""
        sums = self._sums.setdefault(name, [0.0, 0.0, 0.0])
        for place, value in enumerate((loss * count, right, count)):
            sums[place] += value

    def keep(self, step: int) -> None:
        """Make a point of what was noted, and begin anew."""
        row: dict[str, Any] = {"step": step}
        for name, (loss, right, count) in self._sums.items():
            row[name] = {"loss": loss / count, "accuracy": right / count}
        self.rows.append(row)
        self._sums = {}


def _batches(recipe: Recipe, count: int) -> Iterator[IntArray]:
    """The order in which the recipe's own training visits the images."""
    size = recipe.train.batch_size
    for epoch in range(recipe.train.epochs or 1):
        order = shuffled_indices(count, seed=recipe.train.seed, epoch=epoch)
        yield from (order[start : start + size] for start in range(0, count, size))


def _engine(recipe: Recipe, threads: int | None, *, double: bool = False) -> Engine:
    network = build_network(recipe)
    if double:
        first = network.state_dict()
        network.astype(np.float64)
        for name, parameter in network.parameters().items():
            parameter.value[...] = first[name]
    return build_run(recipe, network, engine="reference" if double else None, threads=threads)


def _classifier(recipe: Recipe) -> nn_mnist_classifier:
    """The course's classifier with the weights that the recipe's network begins with."""
    options = recipe.optimizer
    classifier = nn_mnist_classifier(mmt_friction=float(options["momentum"]), lr=float(options["lr"]))
    arrays = [item.value.astype(np.float64) for item in build_network(recipe).parameters().values()]
    layers = (classifier.conv_layer_1, classifier.fc1, classifier.fc2)
    for layer, W, b in zip(layers, arrays[::2], arrays[1::2], strict=True):
        layer.set_weights(W, b.reshape(layer.get_weights()[1].shape))  # (O,) -> (1, O, 1, 1)
    return classifier


def _pixels(images: AnyArray) -> Array:
    """Bytes to float64 from 0 to 1, with the axis of the one channel."""
    return images.reshape(-1, 1, 28, 28).astype(np.float64) / 255.0  # (N, 28, 28) -> (N, 1, 28, 28)


def _own(classifier: nn_mnist_classifier, train: Dataset, threads: int) -> Runner:
    def step(batch: IntArray) -> tuple[float, int]:
        labels = train.labels[batch]
        with limit_blas(threads):
            scores, loss = classifier.forward(_pixels(train.images[batch]), labels)
            classifier.backprop()
            classifier.update_weights()
        return float(loss), int((scores.argmax(axis=1) == labels).sum())

    layers = (classifier.conv_layer_1, classifier.fc1, classifier.fc2)
    return Runner(step, lambda: [array for layer in layers for array in layer.get_weights()])


def _library(engine: Engine, train: Dataset) -> Runner:
    def step(batch: IntArray) -> tuple[float, int]:
        made = engine.train_on(train, batch)
        return made.loss, made.correct

    return Runner(step, lambda: [item.value for item in engine.network.parameters().values()])


def _reference(engine: Engine, train: Dataset) -> Runner:
    def step(batch: IntArray) -> tuple[float, int]:
        made = engine.train_step(_pixels(train.images[batch]), train.labels[batch])
        return made.loss, made.correct

    return Runner(step, lambda: [item.value for item in engine.network.parameters().values()])


def _distance(one: Runner, other: Runner) -> float:
    """The largest difference of any weight."""
    pairs = zip(one.weights(), other.weights(), strict=True)
    return max(float(np.abs(a.ravel() - b.ravel()).max()) for a, b in pairs)


def _look(
    step: int, classifier: nn_mnist_classifier, engine: Engine, data: Splits, last: dict[str, Any]
) -> dict[str, Any]:
    """What the course's script prints every 200 steps, and beside it the whole validation split."""
    right = _right(classifier, data.validation)
    sample = np.random.default_rng([0, step]).integers(len(right), size=SAMPLE)  # drawn with replacement
    return {
        "step": step,
        "loss": last["own"]["loss"],
        "accuracy": last["own"]["accuracy"],
        "sample": float(right[sample].mean()),
        "own": float(right.mean()),
        "library": evaluate(engine, data.validation).accuracy,
    }


def _right(classifier: nn_mnist_classifier, dataset: Dataset) -> AnyArray:
    """For each image whether the course's classifier reads it rightly."""
    found = []
    for start in range(0, len(dataset), IMAGES_AT_ONCE):
        images, labels = (part[start : start + IMAGES_AT_ONCE] for part in (dataset.images, dataset.labels))
        scores, _ = classifier.forward(_pixels(images), labels, backprop_req=False)
        found.append(scores.argmax(axis=1) == labels)
    return np.concatenate(found)


def _both(classifier: nn_mnist_classifier, engine: Engine, dataset: Dataset) -> dict[str, float]:
    accuracy = float(_right(classifier, dataset).mean())
    return {"own": accuracy, "library": evaluate(engine, dataset).accuracy}
