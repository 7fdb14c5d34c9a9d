"""The course's other layers: sigmoid beside ReLU, the Euclidean loss beside cross-entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handgrad.courses.thu.trainings import told, train
from handgrad.report import Chart, Line, curves_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study

SHARED = (
    "train.epochs=30",
    "optimizer.weight_decay=0.0001",
    "schedule.type=CosineAnnealingLR",
)
SIGMOID = (
    'network.layers=["Flatten()", "Linear(784, 128)", "Sigmoid()", '
    '"Linear(128, 64)", "Sigmoid()", "Linear(64, 10)"]',
    'network.weight_init="XavierNormal()"',
)
CASES: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {
    ("ReLU", "cross-entropy"): (0.03, ()),
    ("ReLU", "Euclidean"): (0.1, ("loss.type=EuclideanLoss",)),
    ("sigmoid", "cross-entropy"): (0.3, SIGMOID),
    ("sigmoid", "Euclidean"): (1.0, (*SIGMOID, "loss.type=EuclideanLoss")),
}
"""For each pair the learning rate that was best on the validation split (the trials are in trials.json)."""


def alternatives(study: Study) -> list[dict[str, Any]]:
    """The perceptron with each activation and each loss, everything else alike.

    Arguments:
        study: trains, and keeps the figure.

    Returns:
        a row for each of the four.
    """
    rows, lines = [], []
    for (activation, loss), (rate, settings) in CASES.items():
        label = f"{activation}, {loss}"
        found = told(train(study, label, [*SHARED, f"optimizer.lr={rate}", *settings], recipe="thu-mlp"))
        kept = ("validation_accuracy", "test_accuracy", "test_loss", "train_loss", "train_accuracy")
        first = found["validation"]["accuracy"][0]
        rows.append(
            {"activation": activation, "loss": loss, "rate": rate, "after_one": first}
            | {name: found[name] for name in kept}
        )
        lines.append((label, found["train"], found["validation"]))
    study.figure(
        "alternatives",
        curves_figure(
            [
                Chart(
                    "Training accuracy",
                    "epoch",
                    "accuracy",
                    [Line(label, curve["epoch"], curve["accuracy"]) for label, curve, _ in lines],
                ),
                Chart(
                    "Validation accuracy",
                    "epoch",
                    "accuracy",
                    [Line(label, curve["epoch"], curve["accuracy"]) for label, _, curve in lines],
                ),
            ]
        ),
    )
    return rows
