"""The course's document from its first section to its last."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from handgrad.courses.cs5242.applications import MNISTNet
from handgrad.courses.cs5242.experiments.best import best_network
from handgrad.courses.cs5242.experiments.checks import beside_keras, gradients_checked, habits
from handgrad.courses.cs5242.experiments.logged import (
    BATCH,
    EPOCHS,
    PENALTY,
    Logged,
    intervals,
    logged_training,
)
from handgrad.courses.cs5242.experiments.network import layer_rows
from handgrad.courses.cs5242.experiments.splitting import course_splits
from handgrad.courses.cs5242.experiments.twin import twins
from handgrad.courses.cs5242.experiments.unstable import CHANCE, by_seed, diagnosis
from handgrad.courses.cs5242.utils.datasets import TRAINING_SHARE
from handgrad.courses.study import Study
from handgrad.data import Splits
from handgrad.errors import DataError
from handgrad.report.cs5242_training import (
    compared_figure,
    four_images_figure,
    six_plots_figure,
    twins_figure,
)
from handgrad.train import evaluate

RATES = (0.001, 0.01, 0.1)
SEEDS = (1, 2, 3, 4)
TWIN_ITERATIONS, SHORT_TWIN = 100, 40


def run(study: Study) -> None:
    """Do all of it: numbers for the report go into the study, figures into its folder.

    Arguments:
        study: with MNIST in it.

    Raises:
        DataError: too few images for one batch of the course's.
    """
    check_count(study.splits)
    splits = course_splits(study.splits)
    numbers = study.numbers
    numbers["images"] = [len(part) for part in (splits.train, splits.validation, splits.test)]
    study.say("sections 2 to 8: checks")
    numbers["keras"] = beside_keras()
    numbers["gradients"] = gradients_checked(study.quick)
    numbers["habits"] = habits()
    _four_images(study, splits)
    numbers["network"] = layer_rows(MNISTNet(), splits.train.input_shape)
    logged = {rate: logged_training(splits, rate, threads=study.threads, say=study.say) for rate in RATES}
    every = intervals(len(splits.train))
    numbers["training"] = {
        "epochs": EPOCHS,
        "penalty": PENALTY,
        "validation_interval": every.validation,
        "test_interval": every.test,
        "iterations": len(logged[RATES[0]].splits.train) // BATCH,
    }
    study.say("how much is chance: the three rates with other seeds")
    seeds = SEEDS[:1] if study.quick else SEEDS
    numbers["seeds"] = {"seeds": list(seeds), "rates": by_seed(splits, RATES, seeds, study.threads)}
    numbers["runs"] = [_numbers(training) for training in logged.values()]
    for training in logged.values():
        study.figure(f"training-{training.rate:g}", six_plots_figure(_curves(training), _title(training)))
    study.figure("rates", compared_figure({f"{rate:g}": _curves(item) for rate, item in logged.items()}))
    study.say("the course's own Model beside the engine")
    numbers["twins"] = twins(splits, SHORT_TWIN if study.quick else TWIN_ITERATIONS, study.threads)
    study.figure("twins", twins_figure(numbers["twins"]["losses"]))
    numbers["best"], curves = best_network(study, splits)
    study.figure("best", six_plots_figure(curves, "The best network"))


def check_count(splits: Splits) -> None:
    """Refuse a training file whose first 80% do not fill a batch.

    Raises:
        DataError: there are fewer images than that.
    """
    count, needed = len(splits.train) + len(splits.validation), math.ceil(BATCH / TRAINING_SHARE)
    if count < needed:
        raise DataError(
            splits.train.name,
            expected=f"at least {needed} images to train and validate with",
            got=str(count),
            hint=f"the course trains with {TRAINING_SHARE:.0%} of them, in batches of {BATCH}",
        )


def _four_images(study: Study, splits: Splits) -> None:
    """Four training images, as section 9 draws them."""
    chosen = np.random.default_rng(0).integers(len(splits.train), size=4)
    images = splits.train.images[chosen].reshape(
        4, *splits.train.images.shape[-2:]
    )  # one channel -> (4, H, W)
    labels = [splits.train.names[label] for label in splits.train.labels[chosen]]
    study.numbers["four"] = labels
    study.figure("four-images", four_images_figure(images, labels))


def _curves(training: Logged) -> dict[str, list[list[float]]]:
    parts = {"train": training.train, "validation": training.validation, "test": training.test}
    return {name: [list(map(float, row)) for row in rows] for name, rows in parts.items()}


def _title(training: Logged) -> str:
    return f"Learning rate {training.rate:g}, halved at iterations 0, 1,000, 2,000 and 3,000"


def _numbers(training: Logged) -> dict[str, Any]:
    """What the report says of one training."""
    validation, test = (
        evaluate(training.run, part) for part in (training.splits.validation, training.splits.test)
    )
    losses = [loss for _, loss, _ in training.validation]
    return {
        "rate": training.rate,
        "log": training.lines,
        "stopped": training.stopped,
        "validation_accuracy": validation.accuracy,
        "validation_loss": validation.loss,
        "test_accuracy": test.accuracy,
        "test_loss": test.loss,
        "best_validation_accuracy": max(accuracy for _, _, accuracy in training.validation),
        "highest_validation_loss": max(losses),
        "lowest_validation_loss": min(losses),
        "rises": sum(after > before for before, after in pairwise(losses)),
        "after_one_epoch": _after_one_epoch(training),
        "learnt": validation.accuracy >= CHANCE,
        **diagnosis(training),
    }


def _after_one_epoch(training: Logged) -> float | None:
    """Validation accuracy before the second epoch's first iteration."""
    per_epoch = len(training.splits.train) // BATCH
    return next((accuracy for at, _, accuracy in training.validation if at == per_epoch), None)
