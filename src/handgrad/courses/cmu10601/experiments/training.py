"""Sections 5.5 and 7: LeNet on the twentieth set and on the entire one, with the script's own output."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.courses.cmu10601.data import SMALL
from handgrad.courses.cmu10601.experiments.lenet import PROTOCOL, first_params, lenet_layers
from handgrad.courses.cmu10601.twin import sequential_of
from handgrad.data import Dataset, RandomAffine
from handgrad.engine import Augmentation, Engine
from handgrad.errors import EngineWarning
from handgrad.metrics import accuracy_interval
from handgrad.recipes import find_recipe
from handgrad.recipes.build import build_run, check_input_shape, normalisation
from handgrad.report import Chart, Line, curves_figure
from handgrad.train import evaluate, fit

if TYPE_CHECKING:
    from handgrad.courses.study import Study

QUICK_SHARE = 5  # a look makes one iteration for so many training images
SHUFFLES, SHUFFLED_SHARE = 5, 5  # how often the set is shuffled anew; a fifth of the iterations is enough
DISTORTION = RandomAffine(degrees=10, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=10)


@dataclass(frozen=True)
class Images:
    """What one call of ``load_mnist`` gives, training and validation images in one."""

    train: Dataset
    test: Dataset


@dataclass(frozen=True)
class Ended:
    """A training that ended: its engine, and its numbers for the report."""

    run: Engine
    numbers: dict[str, Any]


def train_lenet(study: Study) -> tuple[dict[str, Any], Engine]:
    """Train on the twentieth set and on the entire one; the numbers, and what the latter became."""
    whole = _entire(study)
    steps = PROTOCOL["max_iter"]
    if study.quick:
        steps = min(steps, max(20, len(whole.train) // QUICK_SHARE))
    small = _shuffled(whole, 0, SMALL)
    twentieth = _train(study, small, steps, "twentieth set")
    _add_whole_test(twentieth, whole.test)
    full = _train(study, _shuffled(whole, 0, 1), steps, "entire set")
    distorted = _train(study, small, steps, "twentieth set, distorted", augment=DISTORTION)
    _add_whole_test(distorted, whole.test)
    study.figure("training", _figure(twentieth.numbers, full.numbers))
    numbers = {
        "twentieth": twentieth.numbers,
        "full": full.numbers,
        "distorted": distorted.numbers | {"augment": repr(DISTORTION)},
        "shuffles": _shuffles(study, whole, steps),
    }
    return numbers, full.run


def _entire(study: Study) -> Images:
    """All images; as every setting is given, validation images have nothing to choose and are learnt from."""
    recipe, splits = find_recipe("lenet"), study.splits
    check_input_shape(recipe, splits.train.input_shape, f"the images of {splits.train.name}")
    parts = (splits.train, splits.validation)
    train = Dataset(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        classes=splits.train.classes,
        name=splits.train.name,
    )
    return Images(
        train.with_normalisation(normalisation(recipe)), splits.test.with_normalisation(normalisation(recipe))
    )


def _shuffled(whole: Images, seed: int, share: int) -> Images:
    """As ``load_mnist`` does: shuffle both parts, and keep the first of every ``share`` images."""
    rng = np.random.default_rng(seed)
    train, test = (
        rng.permutation(len(part))[: max(1, len(part) // share)] for part in (whole.train, whole.test)
    )
    return Images(whole.train.take(train), whole.test.take(test))


def _train(
    study: Study, images: Images, steps: int, label: str, augment: Augmentation | None = None
) -> Ended:
    """The loop of the course's test script, with the compiled engine and the recipe's optimizer."""
    recipe, layers = find_recipe("lenet"), lenet_layers()
    run = build_run(recipe, sequential_of(layers, first_params(layers)), engine=None, threads=study.threads)
    display, test_every = (
        max(1, steps * PROTOCOL[name] // PROTOCOL["max_iter"])
        for name in ("display_interval", "test_interval")
    )
    lines: list[str] = []
    costs: list[tuple[int, float, float]] = []
    tests: list[tuple[int, float]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EngineWarning)  # ten logits a row are no work, whoever runs them
        started, testing = time.perf_counter(), 0.0
        size = recipe.train.batch_size
        for record in fit(run, images.train, steps=steps, batch_size=size, log_every=1, augment=augment):
            if record.step % display == 0:
                lines.append(f"cost = {record.loss:f} training_percent = {record.accuracy:f}")
                costs.append((record.step, record.loss, record.accuracy))
            if record.step % test_every == 0:
                before = time.perf_counter()
                tests.append((record.step, evaluate(run, images.test).accuracy))  # for display only
                testing += time.perf_counter() - before
                lines += ["", f"test accuracy: {tests[-1][1]:f}", ""]
        seconds = time.perf_counter() - started
    numbers = {
        "steps": steps,
        "display_interval": display,
        "test_interval": test_every,
        "listing": lines,
        "costs": costs,
        "tests": tests,
        "parameters": sum(parameter.value.size for parameter in run.network.parameters().values()),
        "train_images": len(images.train),
        "epochs": steps * size / len(images.train),
        **_tested(run, images.test, "test"),
        "seconds": seconds,
        "testing_seconds": testing,
        "threads": run.threads,
    }
    study.say(f"LeNet, {label}: cost {costs[-1][1]:.4f} after {steps:,} iterations in {seconds:.1f} s")
    return Ended(run, numbers)


def _tested(run: Engine, test: Dataset, name: str) -> dict[str, Any]:
    """Accuracy and its 95% interval."""
    found = evaluate(run, test)
    return {
        f"{name}_accuracy": found.accuracy,
        f"{name}_images": found.count,
        f"{name}_between": list(accuracy_interval(round(found.accuracy * found.count), found.count)),
    }


def _add_whole_test(ended: Ended, test: Dataset) -> None:
    """How a network that learnt from a twentieth does on all test images."""
    ended.numbers.update(_tested(ended.run, test, "whole"))


def _shuffles(study: Study, whole: Images, steps: int) -> dict[str, Any]:
    """The script run several times, each time with another twentieth; the first was shown in full."""
    steps = max(1, steps // SHUFFLED_SHARE)
    own, all_images = [], []
    for seed in range(1, SHUFFLES + 1):
        ended = _train(study, _shuffled(whole, seed, SMALL), steps, f"twentieth set, shuffle {seed}")
        _add_whole_test(ended, whole.test)
        own.append(ended.numbers["test_accuracy"])
        all_images.append(ended.numbers["whole_accuracy"])
    return {"steps": steps, "own": own, "whole": all_images, "above": sum(value > 0.97 for value in own)}


def _figure(twentieth: dict[str, Any], full: dict[str, Any]) -> Any:
    sides = (("twentieth set", twentieth), ("entire set", full))
    costs, tests = [], []
    for label, side in sides:
        steps, values, _ = zip(*side["costs"], strict=True)
        costs.append(Line(label, steps, _smooth(values)))
        steps, accuracies = zip(*side["tests"], strict=True)
        tests.append(Line(label, steps, [100 * value for value in accuracies]))
    charts = [
        Chart("Training cost, mean of five printed lines", "iteration", "cost", costs, log=True),
        Chart("Test accuracy, for display", "iteration", "accuracy in %", tests),
    ]
    return curves_figure(charts, columns=1)


def _smooth(values: Any) -> list[float]:
    """Each value with the two before and after it, where there are as many."""
    return [float(np.mean(values[max(0, place - 2) : place + 3])) for place in range(len(values))]
