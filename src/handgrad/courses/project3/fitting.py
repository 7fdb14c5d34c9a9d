"""Training for the report: the data as the course has them, accuracies on the way, no test set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.project3.files import VALIDATION
from handgrad.data import Dataset, Splits, batch
from handgrad.engine import Engine
from handgrad.metrics import accuracy_interval
from handgrad.nn import Sequential
from handgrad.recipes import Recipe, build_network, build_run, find_recipe, override, prepare
from handgrad.train import Record, evaluate, fit

if TYPE_CHECKING:
    from handgrad.courses.study import Study

FEW, MANY = 2000, 50_000
"""Images that the document trains with."""

IMAGES_AT_ONCE = 1000  # in prediction

Trial = dict[str, Any]
"""What came of a training, as JSON can hold it."""


@dataclass(frozen=True)
class Fitted:
    """A training that ended.

    Arguments:
        recipe: complete.
        run: the engine, with the trained weights.
        splits: as the network sees them; ``train`` are the images it learnt from.
        records: of the training.
        seconds: that it took, the looks at accuracies included.
    """

    recipe: Recipe
    run: Engine
    splits: Splits
    records: list[Record]
    seconds: float

    @property
    def network(self) -> Sequential:
        """With its trained weights."""
        return self.run.network

    def accuracy(self, part: Dataset) -> float:
        """The share of some images that it classifies rightly."""
        return evaluate(self.run, part.with_normalisation(self.splits.train.normalisation)).accuracy

    def summary(self) -> Trial:
        """The training and what it reached on the validation images."""
        found = evaluate(self.run, self.splits.validation)
        return {
            "images": len(self.splits.train),
            "steps": self.records[-1].step,
            "epochs": self.records[-1].epoch,
            "seconds": self.seconds,
            "validation": found.accuracy,
            "validation_loss": found.loss,
        }

    def curve(self) -> Trial:
        """Accuracy against iteration, on the images learnt from and on those held out."""
        looks = [record for record in self.records if record.validation and record.watch]
        train = [record.watch["train"].accuracy for record in looks]
        validation = [record.validation.accuracy for record in looks if record.validation]
        return {
            **self.summary(),
            "iterations": [record.step for record in looks],
            "train_curve": train,
            "validation_curve": validation,
            "train": train[-1],
            "gap": train[-1] - validation[-1],
            "best_validation": max(validation),
        }

    def scores(self, part: Dataset) -> Array:
        """The network's output (n, 10) for images that are normalised as it was trained."""
        starts = range(0, len(part), IMAGES_AT_ONCE)
        ranges = [range(start, min(start + IMAGES_AT_ONCE, len(part))) for start in starts]
        return np.concatenate([self.run.predict(batch(part, indices)[0]) for indices in ranges])

    def tested(self) -> Trial:
        """What it reaches on the test set: to be asked once, at the end."""
        found, count = evaluate(self.run, self.splits.test), len(self.splits.test)
        low, high = accuracy_interval(round(found.accuracy * count), count)
        return {"accuracy": found.accuracy, "loss": found.loss, "low": low, "high": high, "images": count}


def course_splits(study: Study) -> Splits:
    """The study's images as the course has them: of the validation images the first 5,000."""
    return study.splits.limit(validation=VALIDATION)


def few_images(splits: Splits) -> Splits:
    """The first 2,000 images to learn from, or a fifth where there are not so many."""
    return splits.limit(train=min(FEW, max(1, len(splits.train) // 5)))


def fitted(
    study: Study,
    recipe: str,
    settings: Sequence[str],
    *,
    splits: Splits,
    label: str,
    curve: bool = False,
    looks: int | None = None,
) -> Fitted:
    """Train a recipe; the test set is not looked at.

    Arguments:
        study: says how many threads there are, and is told how it went.
        recipe: its name.
        settings: as after ``--set``.
        splits: what it learns from and is validated with.
        label: for the line of progress.
        curve: evaluate on all images that it learns from, too, at the end of each epoch.
        looks: how often to look at the validation images; None: at the end of each epoch.

    Raises:
        RecipeError, ArgumentError: settings that make no sense.
        NonFiniteError: the loss or a gradient became NaN or infinite.
    """
    complete = override(find_recipe(recipe), settings)
    data, plan = prepare(complete, splits), complete.train
    run = build_run(complete, build_network(complete), engine=None, threads=study.threads)
    started = time.perf_counter()
    records = list(
        fit(
            run,
            data.train,
            validation=data.validation,
            watch={"train": data.train} if curve else None,
            epochs=plan.epochs,
            steps=plan.steps,
            batch_size=plan.batch_size,
            every=max(1, plan.steps // looks) if plan.steps and looks else None,
            seed=plan.seed,
        )
    )
    result = Fitted(complete, run, data, records, time.perf_counter() - started)
    last = records[-1].validation
    study.say(
        f"{label}: {f'validation {last.accuracy:.2%}' if last else 'trained'} in {result.seconds:.1f} s"
    )
    return result
