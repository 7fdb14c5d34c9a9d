"""All that the document asks for: the network, the training of two epochs, its test and its points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.courses.hw5.choosing import PUBLISHED, STARTER, best, settings, tried
from handgrad.courses.hw5.network import gradient_errors, shapes_of
from handgrad.courses.hw5.side_by_side import side_by_side
from handgrad.courses.study import Study, Trained
from handgrad.metrics import accuracy_interval
from handgrad.report import Chart, Line, curves_figure, pictures_figure
from handgrad.train import Record, predicted_classes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES = 10
PICKED = 5  # the seed of the ten test images
RECORDS = 40  # of the training curve
TWO_HOURS = 7200.0
OWN, LIBRARY = "the course's classes", "the library"


def points(accuracy: float) -> int:
    """What section 6 gives for a total accuracy: 20 above 80%, 6 from 20% to 80%, 2 below.

    Example:
        >>> points(0.801), points(0.8), points(0.19)
        (20, 6, 2)
    """
    return 20 if accuracy > 0.8 else 6 if accuracy >= 0.2 else 2


def uncertainty(accuracy: float, count: int) -> float:
    """Half of the 95% interval of an accuracy that was measured on ``count`` images."""
    low, high = accuracy_interval(round(accuracy * count), count)
    return (high - low) / 2


def run(study: Study) -> None:
    """Fill the study's numbers and draw its figures.

    Arguments:
        study: the data, and where to put what comes of it.

    Raises:
        RunError: the folder cannot be written.
        NonFiniteError: the chosen training did not stay finite.
    """
    numbers = study.numbers
    first = study.splits.train.images[:16].reshape(-1, 1, 28, 28) / 255.0  # -> (16, 1, 28, 28)
    numbers["shapes"], numbers["gradients"] = shapes_of(first), gradient_errors()
    numbers["tried"] = tried(study)
    numbers["chosen"] = chosen = best(numbers["tried"])
    numbers["starter"], numbers["published"] = list(STARTER), list(PUBLISHED)
    numbers["slow"] = next(row for row in numbers["tried"] if (row["batch_size"], row["lr"]) == STARTER)
    splits = study.splits
    numbers["counts"] = [len(part) for part in (splits.train, splits.validation, splits.test)]
    numbers["margin"] = margin = uncertainty(chosen["accuracy"], len(splits.validation))
    worst = chosen["accuracy"] - margin
    numbers["as_good"] = sum((row["accuracy"] or 0.0) >= worst for row in numbers["tried"])
    size, lr = chosen["batch_size"], chosen["lr"]
    log_every = max(1, chosen["steps"] // RECORDS)
    often = [f"train.log_every={log_every}", f"train.every={4 * log_every}"]
    trained = study.train("hw5", [*settings(size, lr), *often], label="two epochs")
    numbers["training"] = facts_of(trained)
    study.figure("training", training_figure(trained.records))
    numbers["beside"] = beside = side_by_side(study, size, lr)
    study.figure("side-by-side", beside_figure(beside))
    numbers["pictures"] = ten_images(trained)
    study.figure("ten-images", ten_figure(trained, numbers["pictures"]))
    within = trained.result["seconds"] < TWO_HOURS
    numbers["rubric"] = {
        "points": points(trained.result["test_accuracy"]),
        "own_points": points(beside["test_accuracy"]["own"]),
        "within_two_hours": within,
    }


def facts_of(trained: Trained) -> dict[str, Any]:
    """What the training came to, with its curves."""
    result, count = trained.result, len(trained.splits.test)
    right = round(result["test_accuracy"] * count)
    records = trained.records
    return {
        **result,
        "right": right,
        "count": count,
        "interval": list(accuracy_interval(right, count)),
        "images_per_second": float(np.median([record.images_per_second for record in records])),
        "train": [[record.step, record.loss, record.accuracy] for record in records],
        "validation": [
            [record.step, record.validation.loss, record.validation.accuracy]
            for record in records
            if record.validation
        ],
    }


def training_figure(records: list[Record]) -> Figure:
    """Loss and accuracy over the steps of the two epochs, on training and on validation images."""
    looked = [(record.step, record.validation) for record in records if record.validation]
    charts = []
    for title, name in (("Loss", "loss"), ("Accuracy", "accuracy")):
        lines = [
            Line("train", [record.step for record in records], [getattr(record, name) for record in records]),
            Line("validation", [step for step, _ in looked], [getattr(found, name) for _, found in looked]),
        ]
        charts.append(Chart(title, "step", name, lines))
    return curves_figure(charts)


def beside_figure(beside: dict[str, Any]) -> Figure:
    """Both trainings' losses and accuracies, and how far their weights came apart."""
    rows, steps = beside["curve"], [row["step"] for row in beside["curve"]]
    charts = []
    for title, name in (("Loss", "loss"), ("Accuracy", "accuracy")):
        lines = [
            Line(OWN, steps, [row["own"][name] for row in rows]),
            Line(LIBRARY, steps, [row["library"][name] for row in rows], "dashed"),
        ]
        charts.append(Chart(f"{title} on training batches", "step", name, lines))
    looks = [row["step"] for row in beside["log"]]
    lines = [
        Line(OWN, looks, [row["own"] for row in beside["log"]]),
        Line(LIBRARY, looks, [row["library"] for row in beside["log"]], "dashed"),
    ]
    if len(looks) > 1:  # a single one is in the report's table, and no curve
        charts.append(Chart("Accuracy on the validation split", "step", "accuracy", lines))
    far = Line(
        "largest difference",
        [row["step"] for row in beside["apart"]],
        [row["distance"] for row in beside["apart"]],
    )
    charts.append(Chart("Largest difference of any weight", "step", "difference", [far], log=True))
    return curves_figure(charts)


def ten_images(trained: Trained) -> dict[str, Any]:
    """Ten test images drawn at random, and what the network takes them for."""
    test = trained.splits.test
    picked = np.random.default_rng(PICKED).choice(len(test), size=min(PICTURES, len(test)), replace=False)
    predicted = predicted_classes(trained.run, test.take(picked))
    true = test.labels[picked]
    return {
        "positions": picked.tolist(),
        "true": true.tolist(),
        "predicted": predicted.tolist(),
        "right": int((true == predicted).sum()),
    }


def ten_figure(trained: Trained, found: dict[str, Any]) -> Figure:
    """The ten images, each with its label and its prediction."""
    pairs = zip(found["true"], found["predicted"], strict=True)
    titles = [
        f"GT: {true}, pred: {predicted}{'' if true == predicted else ' WRONG'}" for true, predicted in pairs
    ]
    images = trained.splits.test.images[found["positions"]].reshape(-1, 28, 28)
    return pictures_figure(images, titles=titles, columns=5)
