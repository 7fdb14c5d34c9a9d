"""Sections 3.1 and 3.2 of the document: both experiments and the perceptron, their curves, Table 3.1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handgrad.metrics import accuracy_interval
from handgrad.report import Chart, Line, curves_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study, Trained
    from handgrad.train import Record

QUICK_EPOCHS = 3
DISP_FREQ = 50  # the document's: steps whose mean is one point of a training curve

RECIPES = {"experiment1": "thu-cnn1", "experiment2": "thu-cnn2", "mlp": "thu-mlp"}
TITLES = {"experiment1": "Experiment 1", "experiment2": "Experiment 2", "mlp": "MLP"}
CLAIMS: dict[str, dict[str, Any]] = {
    "experiment1": {"accuracy": 0.983, "loss": 0.052, "parameters": 2143, "learning_rate": 0.01},
    "experiment2": {"accuracy": 0.987, "loss": 0.048, "parameters": 203628, "learning_rate": 0.1},
    "mlp": {"accuracy": 0.983, "loss": 0.021, "parameters": 109187},
}
"""What the document says of each."""

Curve = dict[str, list[float]]


def train(study: Study, name: str, settings: Sequence[str] = (), *, recipe: str = "") -> Trained:
    """Train one network, with a point every 50 steps and the test set watched at each epoch's end.

    Arguments:
        study: trains.
        name: for the progress line.
        settings: of the recipe, as after ``--set``.
        recipe: the recipe's name; that of `name` without it.
    """
    per_epoch = math.ceil(len(study.splits.train) / 100)  # the document's batches are of 100 images
    watched = [f"train.log_every={DISP_FREQ}", f"train.watch_every={per_epoch}"]
    shorter = [f"train.epochs={QUICK_EPOCHS}"] if study.quick else []
    return study.train(recipe or RECIPES[name], [*settings, *watched, *shorter], label=name)


def told(trained: Trained) -> dict[str, Any]:
    """Everything that the report says of a training.

    Arguments:
        trained: from `train`.
    """
    result, network, section = trained.result, trained.network, trained.recipe.train
    biases = sum(item.value.size for name, item in network.parameters().items() if name.endswith("bias"))
    test = len(trained.splits.test)
    per_epoch = math.ceil(len(trained.splits.train) / section.batch_size)
    curves = curves_of(trained.records, per_epoch)
    return {
        **{name: result[name] for name in RESULTS},
        "interval": list(accuracy_interval(round(result["test_accuracy"] * test), test)),
        "train_accuracy": _last_epoch(trained.records, "accuracy"),
        "train_loss": _last_epoch(trained.records, "loss"),
        "without_biases": result["parameters"] - biases,
        "multiply_adds": network.summary(trained.splits.train.input_shape).multiply_adds,
        "layers": [repr(layer) for layer in network],
        "optimizer": trained.recipe.optimizer,
        "schedule": trained.recipe.schedule,
        "weight_init": trained.recipe.network.weight_init,
        "batch_size": section.batch_size,
        "best_test": max(curves["test"]["accuracy"]),
        **curves,
    }


RESULTS = (
    "parameters",
    "steps",
    "epochs",
    "seconds",
    "validation_accuracy",
    "validation_loss",
    "test_accuracy",
    "test_loss",
)


def curves_of(records: Sequence[Record], per_epoch: int) -> dict[str, Curve]:
    """Loss and accuracy against epoch: of the training batches, the validation split and the test set.

    Arguments:
        records: of a training.
        per_epoch: its steps an epoch.
    """
    curves: dict[str, Curve] = {
        name: {"epoch": [], "loss": [], "accuracy": []} for name in ("train", "validation", "test")
    }
    for record in records:
        points = {"train": record, "validation": record.validation, "test": record.watch.get("test")}
        for name, point in points.items():
            if point is not None:
                curves[name]["epoch"].append(round(record.step / per_epoch, 4))
                curves[name]["loss"].append(round(point.loss, 6))
                curves[name]["accuracy"].append(round(point.accuracy, 6))
    return curves


def _last_epoch(records: Sequence[Record], what: str) -> float:
    """The mean over the last epoch's training batches, as the points of the curve have it."""
    last: list[float] = [getattr(record, what) for record in records if record.epoch == records[-1].epoch]
    return sum(last) / len(last)


def draw(study: Study, name: str, told: dict[str, Any], figures: tuple[str, str]) -> None:
    """A network's two figures: training curves, and test curves with the validation split's beside them.

    Arguments:
        study: keeps them.
        name: of the experiment.
        told: from `told`.
        figures: their names.
    """
    for figure, parts in zip(figures, (["train"], ["test", "validation"]), strict=True):
        charts = [
            Chart(
                title=f"{TITLES[name]}: {parts[0]} {what}",
                x_label="epoch",
                y_label=what,
                lines=[
                    Line(
                        part, told[part]["epoch"], told[part][what], "solid" if part == parts[0] else "dashed"
                    )
                    for part in parts
                ],
            )
            for what in ("loss", "accuracy")
        ]
        study.figure(figure, curves_figure(charts))


def draw_together(study: Study, experiments: dict[str, dict[str, Any]]) -> None:
    """The three networks' training loss and validation accuracy over the first epochs.

    Arguments:
        study: keeps the figure.
        experiments: from `told`, by name.
    """
    last = min(told["epochs"] for told in experiments.values())

    def lines(part: str, what: str) -> list[Line]:
        found = []
        for name, told in experiments.items():
            points = [(x, y) for x, y in zip(told[part]["epoch"], told[part][what], strict=True) if x <= last]
            found.append(Line(TITLES[name], [x for x, _ in points], [y for _, y in points]))
        return found

    charts = [
        Chart("Training loss", "epoch", "loss", lines("train", "loss"), log=True),
        Chart("Validation accuracy", "epoch", "accuracy", lines("validation", "accuracy")),
    ]
    study.figure("convergence", curves_figure(charts))
