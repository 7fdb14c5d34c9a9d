"""How long an epoch takes each network: measured in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.courses.thu.solve_net import train_net
from handgrad.courses.thu.trainings import RECIPES
from handgrad.courses.thu.twin import course_network
from handgrad.data import batch
from handgrad.recipes import find_recipe
from handgrad.recipes.build import build_network, build_run, prepare

if TYPE_CHECKING:
    from handgrad.courses.study import Study

Clocked = Callable[[], float]
"""Trains for a moment; returns the seconds an image."""

BATCH = 100
ENDLESS = 10**6  # steps: a schedule asks for the length of its training
STILL = {"learning_rate": 0.0, "momentum": 0.9, "weight_decay": 0.0}


def speeds(study: Study) -> dict[str, dict[str, float]]:
    """Seconds an epoch for each of the three networks.

    Arguments:
        study: has the data.

    Returns:
        by the compiled engine, and in the course's own classes: medians of rounds.
    """
    rounds, fast, slow = (2, 3, 1) if study.quick else (9, 50, 3)
    return {
        "compiled": _in_turns(study, {name: _compiled(study, name, fast) for name in RECIPES}, rounds),
        "course": _in_turns(study, {name: _course(study, name, slow) for name in RECIPES}, rounds),
    }


def _in_turns(study: Study, clocked: dict[str, Clocked], rounds: int) -> dict[str, float]:
    for turn in clocked.values():
        turn()  # what happens the first time only
    found = [{name: turn() for name, turn in clocked.items()} for _ in range(rounds)]
    images = len(study.splits.train)
    return {name: median(one[name] for one in found) * images for name in clocked}


def _compiled(study: Study, name: str, steps: int) -> Clocked:
    recipe = find_recipe(RECIPES[name])
    train = prepare(recipe, study.splits).train
    run = build_run(recipe, build_network(recipe), engine=None, threads=study.threads)
    run.begin(ENDLESS)
    size = min(BATCH, len(train))
    order = np.arange(size)

    def turn() -> float:
        started = time.perf_counter()
        for _ in range(steps):
            run.train_on(train, order)
        return (time.perf_counter() - started) / (steps * size)

    return turn


def _course(study: Study, name: str, steps: int) -> Clocked:
    recipe = find_recipe(RECIPES[name])
    train = prepare(recipe, study.splits).train
    x, labels = batch(train, range(min(BATCH * steps, len(train))))
    images = x.astype(np.float64)
    model, loss = course_network(build_network(recipe)), SoftmaxCrossEntropyLoss("loss")

    def turn() -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            started = time.perf_counter()
            train_net(model, loss, STILL, images, labels, BATCH, BATCH)
            return (time.perf_counter() - started) / len(images)

    return turn
