"""Whether the engines train alike: compiled, reference and PyTorch, from the same weights and batches.

    .venv/bin/python benchmarks/agreement.py                     about 10 minutes
    .venv/bin/python benchmarks/agreement.py --seeds 1 --train-images 2000
    .venv/bin/python benchmarks/agreement.py --out agreement.json

First, 300 steps of LeNet, and how far the curves of loss and accuracy come apart; then whole trainings with
several seeds, and whether the accuracies on the test images differ by more than the seeds make them differ.
No two engines add up in the same order, so that numbers agree to the accuracy of float32, and training
enlarges what is left: how far PyTorch and the reference come apart is the yardstick.
"""

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

from benchmarks.parts.command import (
    add_data_options,
    check_place,
    command,
    counting,
    data_facts,
    deliver,
    errors_in_a_sentence,
    load_all,
    threads_of,
)
from benchmarks.parts.numbers import deviation
from handgrad.bench import look_at_machine
from handgrad.cli.output import say, table, warn
from handgrad.data import Splits
from handgrad.engine import ENGINES
from handgrad.recipes import Recipe, build_network, build_run, find_recipe, prepare
from handgrad.train import evaluate, fit

SHOWN = 6  # points of the curves in the table; all are in the JSON


@dataclass(frozen=True)
class Curve:
    """One training.

    Arguments:
        loss: of each batch, before its update.
        accuracy: of the same, from 0 to 1.
        test_accuracy: at the end.
    """

    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    test_accuracy: float


@dataclass(frozen=True)
class Difference:
    """How far two curves come apart at most.

    Arguments:
        engines: whose curves they are.
        loss: the largest difference of the loss of one batch.
        loss_step: where that is, counted from 1.
        accuracy: the largest difference of the accuracy on one batch.
        accuracy_step: where that is.
        test_accuracy: the difference at the end.
    """

    engines: tuple[str, str]
    loss: float
    loss_step: int
    accuracy: float
    accuracy_step: int
    test_accuracy: float


def differences(curves: Mapping[str, Curve]) -> list[Difference]:
    """Every two engines' curves, held against each other."""
    return [
        Difference(
            (first, second),
            *farthest(curves[first].loss, curves[second].loss),
            *farthest(curves[first].accuracy, curves[second].accuracy),
            abs(curves[first].test_accuracy - curves[second].test_accuracy),
        )
        for first, second in combinations(curves, 2)
    ]


def farthest(first: Sequence[float], second: Sequence[float]) -> tuple[float, int]:
    """The largest difference of two curves of one length, and the first step, counted from 1, that has it.

    Example:
        >>> farthest([1.0, 5.0, 3.0], [1.5, 3.0, 5.0])
        (2.0, 2)
    """
    apart = [abs(a - b) for a, b in zip(first, second, strict=True)]
    return max(apart), apart.index(max(apart)) + 1


def spread(accuracies: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """What the final accuracies of several engines, over the same seeds, say.

    Example:
        >>> spread({"a": [0.5, 0.75], "b": [0.75, 1.0]})["largest_difference_of_means"]
        0.25
    """
    means = {engine: statistics.fmean(each) for engine, each in accuracies.items()}
    return {
        "accuracies": {engine: list(each) for engine, each in accuracies.items()},
        "mean": means,
        "deviation": {engine: deviation(each) for engine, each in accuracies.items()},
        "largest_difference_of_means": max(means.values()) - min(means.values()),
    }


@dataclass(frozen=True)
class Trial:
    """What every engine trains.

    Arguments:
        recipe: LeNet's.
        data: as the recipe normalises it.
        threads: of each engine.
    """

    recipe: Recipe
    data: Splits
    threads: int

    def curve(self, engine: str, seed: int, *, steps: int | None = None, epochs: int | None = None) -> Curve:
        """Train from the seed's weights, on the seed's batches."""
        recipe = replace(self.recipe, train=replace(self.recipe.train, seed=seed))
        run = build_run(recipe, build_network(recipe), engine=engine, threads=self.threads)
        size = recipe.train.batch_size
        records = fit(run, self.data.train, steps=steps, epochs=epochs, batch_size=size, log_every=1)
        pairs = [(record.loss, record.accuracy) for record in records]
        loss, accuracy = zip(*pairs, strict=True)
        found = Curve(loss, accuracy, evaluate(run, self.data.test).accuracy)
        warn(f"{engine}, seed {seed}: {len(pairs)} steps, test accuracy {found.test_accuracy:.2%}")
        return found


def show_curves(curves: Mapping[str, Curve], apart: Sequence[Difference]) -> None:
    """Two tables: some points of the curves, and how far they come apart."""
    steps = len(next(iter(curves.values())).loss)
    points = sorted({max(1, round(steps * share / SHOWN)) for share in range(SHOWN + 1)})
    losses = [[str(step), *(f"{curve.loss[step - 1]:.6f}" for curve in curves.values())] for step in points]
    say("")
    table("", ["loss at step", *curves], losses, right=len(curves))
    rows = [
        [
            " and ".join(each.engines),
            f"{each.loss:.1e}",
            str(each.loss_step),
            f"{each.accuracy:.2%}",
            str(each.accuracy_step),
            f"{each.test_accuracy:.2%}",
        ]
        for each in apart
    ]
    headings = ["largest difference", "loss", "at step", "accuracy", "at step", "test accuracy"]
    say("")
    table("", headings, rows, right=len(headings) - 1)


def show_spread(found: Mapping[str, Any]) -> None:
    """A table of every seed, and what it says."""
    accuracies, deviations = found["accuracies"], found["deviation"]
    rows = [
        [str(seed), *(f"{value:.2%}" for value in values)]
        for seed, values in enumerate(zip(*accuracies.values(), strict=True))
    ]
    rows.append(["mean", *(f"{value:.3%}" for value in found["mean"].values())])
    rows.append(["deviation", *("-" if each is None else f"{each:.3%}" for each in deviations.values())])
    say("")
    table("", ["test accuracy, seed", *accuracies], rows, right=len(accuracies))
    say(f"\nThe means differ by up to {found['largest_difference_of_means']:.3%}.")


def results(trial: Trial, engines: Sequence[str], asked: argparse.Namespace) -> dict[str, Any]:
    """Train, print, and say it all once more for JSON."""
    machine = look_at_machine(trial.threads, None)
    say(str(machine))
    curves = {engine: trial.curve(engine, 0, steps=asked.steps) for engine in engines}
    apart = differences(curves)
    show_curves(curves, apart)
    finals: dict[str, list[float]] = {engine: [] for engine in engines}
    for seed in range(asked.seeds):
        for engine in engines:
            finals[engine].append(trial.curve(engine, seed, epochs=asked.epochs).test_accuracy)
    found = spread(finals)
    show_spread(found)
    return {
        "machine": machine.to_dict(),
        "data": data_facts(trial.data, asked),
        "steps": asked.steps,
        "curves": {engine: asdict(curve) for engine, curve in curves.items()},
        "differences": list(map(asdict, apart)),
        "epochs": asked.epochs,
        "final": found,
    }


def main() -> None:
    """Do what the command line says."""
    parser = command(__doc__)
    add_data_options(parser)
    parser.add_argument("--steps", type=counting, default=300, metavar="N", help="of the curves; 300")
    parser.add_argument("--seeds", type=counting, default=5, metavar="N", help="whole trainings each; 5")
    parser.add_argument("--epochs", type=counting, default=1, metavar="N", help="of a whole training; 1")
    asked = parser.parse_args()
    with errors_in_a_sentence():
        check_place(asked)
        recipe = find_recipe("lenet")
        trial = Trial(recipe, prepare(recipe, load_all(recipe, asked)), threads_of(asked))
        engines = [name for name in ENGINES if name != "torch" or find_spec("torch")]
        if "torch" not in engines:
            warn("PyTorch is not installed, and takes no part; pip install 'handgrad[peers]'")
        deliver(results(trial, engines, asked), asked)


if __name__ == "__main__":
    main()
