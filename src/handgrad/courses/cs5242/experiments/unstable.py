"""Section 9.1: what a training with too large a rate did to the network, measured."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from handgrad.courses.cs5242.experiments.logged import Logged, logged_training, weight_penalty
from handgrad.courses.cs5242.experiments.relu import PassingReLU
from handgrad.data import Splits, batch
from handgrad.train import evaluate

SEEN = 1000  # validation images that are enough to judge
CHANCE = 0.2  # less is what one class for all images comes to, a tenth, and a little luck


def diagnosis(training: Logged) -> dict[str, Any]:
    """How large the first step was, how large the weights became, and which units died.

    Adam's first step moves every weight by the rate, whatever its gradient: against first values with a
    deviation of 0.001 or 0.01 that is the measure of how violent a rate is.

    Arguments:
        training: as it ended.

    Returns:
        "first_step": the rate of the first step; "layers": for each layer with weights the deviation of its
        first values, the first step relative to it, and the deviation at the end; "penalty_first" and
        "penalty_last"; "hidden": for each ReLU the share of its units (channels, after a convolution) whose
        input is negative for all of SEEN images, so that no gradient passes; "largest_score", of either sign;
        "classes": how many classes the network still predicts for them.
    """
    run, first_step = training.run, training.rate / 2
    values = {name: item.value for name, item in run.network.parameters().items() if not item.is_bias}
    layers = []
    for name, value in values.items():
        deviation = float(np.std(training.first[name]))
        layers.append(
            {
                "layer": repr(run.network[int(name.partition(".")[0])]),
                "first": deviation,
                "step_relative": first_step / deviation,
                "last": float(np.std(value)),
            }
        )
    validation = training.splits.validation
    x, _ = batch(validation, range(min(SEEN, len(validation))))
    with np.errstate(over="ignore", invalid="ignore"):
        outputs = run.activations(x)
    hidden = []
    for position, layer in enumerate(run.network.layers):
        if isinstance(layer, PassingReLU):
            inputs = outputs[position - 1]
            silent = inputs.max(axis=(0, *range(2, inputs.ndim))) < 0
            hidden.append({"units": int(silent.size), "dead": float(silent.mean())})
    scores = outputs[-1]
    return {
        "first_step": first_step,
        "layers": layers,
        "penalty_first": _penalty(training.lines),
        "penalty_last": weight_penalty(run.network),
        "hidden": hidden,
        "largest_score": float(np.abs(scores).max()),
        "classes": len(np.unique(scores.argmax(axis=1))),
    }


def by_seed(
    splits: Splits, rates: Sequence[float], seeds: Sequence[int], threads: int | None
) -> list[dict[str, Any]]:
    """How much the outcome depends on chance: one epoch for each rate and seed.

    Arguments:
        splits: as the course divides them; SEEN validation images judge.
        rates: the course's ``lr``.
        seeds: of first values and order.
        threads: for the engine.

    Returns:
        for each rate its accuracies, one for each seed, and how many trainings learnt nothing.
    """
    one, few = slice(1), slice(min(SEEN, len(splits.validation)))
    part = Splits(splits.train, splits.validation.take(few), splits.test.take(one))
    rows = []
    for rate in rates:
        accuracies = []
        for seed in seeds:
            training = logged_training(part, rate, threads=threads, epochs=1, settings=[f"train.seed={seed}"])
            accuracies.append(evaluate(training.run, part.validation).accuracy)
        failed = sum(accuracy < CHANCE for accuracy in accuracies)
        rows.append({"rate": rate, "accuracies": accuracies, "failed": failed})
    return rows


def _penalty(lines: list[str]) -> float:
    """The first one of the log."""
    told = [line.rpartition("= ")[2] for line in lines if "regularization loss= " in line]
    return float(told[0]) if told else math.nan
