"""Section 9: a training by the compiled engine, reported exactly as the course's `Model.train` does."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cs5242.experiments.relu import PassingReLU
from handgrad.courses.cs5242.loss import L2
from handgrad.data import Splits
from handgrad.engine import Engine
from handgrad.errors import EngineWarning, NonFiniteError
from handgrad.nn import Layer, ReLU, Sequential
from handgrad.recipes import find_recipe, override
from handgrad.recipes.build import build_network, build_run, build_training, prepare
from handgrad.train import Training, evaluate

Row = tuple[int, float, float]
"""Iteration over the whole training, loss, accuracy."""

RECIPE = "mnistnet"
PENALTY = 0.001
BATCH, EPOCHS = 30, 2


@dataclass(frozen=True)
class Intervals:
    """Iterations of an epoch between evaluations, and between the log's lines."""

    validation: int
    test: int
    printing: int


def intervals(images: int) -> Intervals:
    """The course's, or, for an epoch too short for them, a tenth.

    Example:
        >>> intervals(48_000).test, intervals(1_500).test
        (300, 30)
    """
    return Intervals(100, 300, 100) if images // BATCH >= 600 else Intervals(10, 30, 10)


@dataclass
class Logged:
    """What a training said and left.

    Arguments:
        rate: the course's ``lr``, before it is first halved.
        run: the engine, with the weights at the end.
        splits: the data as they were used.
        first: every weight and bias before the first step.
        lines: of the log.
        train, validation, test: the course's three results, as rows.
        stopped: the iteration at which the numbers were no numbers any more, or None.
    """

    rate: float
    run: Engine
    splits: Splits
    first: dict[str, Array]
    lines: list[str] = field(default_factory=list)
    train: list[Row] = field(default_factory=list)
    validation: list[Row] = field(default_factory=list)
    test: list[Row] = field(default_factory=list)
    stopped: int | None = None


def trimmed(splits: Splits) -> Splits:
    """Without the images that fill no whole batch: the course leaves them out, the library does not."""
    return Splits(
        splits.train.take(slice(len(splits.train) // BATCH * BATCH)), splits.validation, splits.test
    )


def logged_training(
    splits: Splits,
    rate: float,
    *,
    threads: int | None = None,
    epochs: int = EPOCHS,
    settings: Sequence[str] = (),
    relu: type[Layer] = PassingReLU,
    double: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Logged:
    """Train the recipe mnistnet with the course's rate, and keep the course's log.

    Arguments:
        splits: as the course divides them.
        rate: the course's ``lr``; its scheduler halves it at iterations 0, 1,000, 2,000 and so on.
        threads: for the engine.
        epochs: passes over the training images.
        settings: of the recipe.
        relu: the course's, or the library's `ReLU`, which has the gradient 0 at exactly 0.
        double: by the reference engine in float64, instead of by the compiled one in float32.
        say: is told each epoch.

    Returns:
        log and results; evaluations stand before the iteration whose number they bear, as in the course.
    """
    chosen = [f"optimizer.lr={rate / 2!r}", f"train.epochs={epochs}", "train.log_every=1"]
    layers = [text.replace("ReLU()", f"{relu.__name__}()") for text in find_recipe(RECIPE).network.layers]
    recipe = override(find_recipe(RECIPE), [*chosen, f"network.layers={layers!r}", *settings])
    data = prepare(recipe, trimmed(splits))
    own_layers = None if relu is ReLU else {relu.__name__: relu}
    network, engine = build_network(recipe, own_layers), "reference" if double else None
    if double:
        network.astype(np.float64)
    run = build_run(recipe, network, engine=engine, threads=threads)
    training = build_training(recipe, run, Splits(data.train, data.validation.take(slice(1)), data.test))
    logged = Logged(rate, run, data, run.network.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EngineWarning)  # a layer of our own has no kernel, and need not have
        _train(logged, training, epochs, say)
    return logged


def _train(logged: Logged, training: Training, epochs: int, say: Callable[[str], None]) -> None:
    """To the end, or to the first number that is none."""
    every, per_epoch = intervals(len(logged.splits.train)), len(logged.splits.train) // BATCH
    for total in range(epochs * per_epoch):
        epoch, iteration = divmod(total, per_epoch)
        if iteration == 0:
            logged.lines.append(f"Epoch {epoch}:")
            say(f"learning rate {logged.rate:g}, epoch {epoch}")
        _evaluate(logged, total, iteration, every)
        penalty = weight_penalty(logged.run.network) if iteration % every.printing == 0 else 0.0
        try:
            record = training.advance()
        except NonFiniteError:
            logged.stopped = total
            break
        assert record is not None  # log_every=1
        logged.train.append((total, record.loss, record.accuracy))
        if iteration % every.printing == 0:
            logged.lines.append(
                f"Iteration {iteration}:\taccuracy={record.accuracy:.5f}, loss={record.loss:.5f}, "
                f"regularization loss= {penalty}"
            )


def weight_penalty(network: Sequential) -> float:
    """The course's `L2` of a network of the library's."""
    weights = {
        f"{name}/weights": item.value.astype(np.float64)
        for name, item in network.parameters().items()
        if not item.is_bias
    }
    return float(L2(PENALTY).forward(weights))


def _evaluate(logged: Logged, total: int, iteration: int, every: Intervals) -> None:
    if iteration % every.test == 0:  # for display, as the document's log has it: nothing is chosen by it
        found = evaluate(logged.run, logged.splits.test)
        logged.test.append((total, found.loss, found.accuracy))
        logged.lines.append(f"Test accuracy={found.accuracy:.5f}, loss={found.loss:.5f}")
    if iteration % every.validation == 0:
        found = evaluate(logged.run, logged.splits.validation)
        logged.validation.append((total, found.loss, found.accuracy))
        logged.lines.append(f"Validation accuracy: {found.accuracy:.5f}, loss: {found.loss:.5f}")
