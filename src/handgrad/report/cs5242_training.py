"""Figures of the course cs5242: its six plots of a training, and what it compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handgrad._typing import AnyArray
from handgrad.report.curves import Chart, Line, Style, curves_figure
from handgrad.report.pictures import pictures_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = Sequence[Sequence[float]]
"""Of iteration, loss, accuracy."""

PARTS = {"train": "Training", "validation": "Validation", "test": "Testing"}
WAYS = {
    "model": "the course's Model",
    "double": "reference engine, float64",
    "passing": "compiled engine, float32",
    "plain": "the library's ReLU",
}


def six_plots_figure(curves: Mapping[str, Rows], title: str) -> Figure:
    """Loss above, accuracy below; training, validation and testing from left to right, as the document plots.

    Arguments:
        curves: rows under "train", "validation" and "test".
        title: above all.

    Example:
        >>> rows = [[0, 2.3, 0.1], [100, 0.5, 0.8]]
        >>> len(six_plots_figure({"train": rows, "validation": rows, "test": rows}, "Adam").axes)
        6
    """
    charts = [
        Chart(f"{word} {quantity}", "iteration", quantity, [_line("", curves[part], column)])
        for column, quantity in ((1, "loss"), (2, "accuracy"))
        for part, word in PARTS.items()
    ]
    return curves_figure(charts, columns=3, title=title)


def compared_figure(trainings: Mapping[str, Mapping[str, Rows]]) -> Figure:
    """Validation loss, logarithmic, and accuracy of several trainings, one curve for each.

    Arguments:
        trainings: by learning rate, each as `six_plots_figure` takes it.
    """
    charts = [
        Chart(
            f"Validation {quantity}",
            "iteration",
            quantity,
            [_line(label, curves["validation"], column) for label, curves in trainings.items()],
            log=quantity == "loss",
        )
        for column, quantity in ((1, "loss"), (2, "accuracy"))
    ]
    return curves_figure(charts, columns=2, title="By the initial learning rate")


def twins_figure(losses: Mapping[str, Sequence[float]]) -> Figure:
    """The training loss of one training made in several ways.

    Arguments:
        losses: for each of "model", "double", "passing", "plain", one number an iteration.
    """
    styles: dict[str, Style] = {"model": "solid", "double": "dashed", "passing": "dotted", "plain": "solid"}
    lines = [Line(WAYS[name], range(len(values)), values, styles[name]) for name, values in losses.items()]
    return curves_figure([Chart("Training loss, batch by batch", "iteration", "loss", lines)], columns=1)


def four_images_figure(images: AnyArray, labels: Sequence[str]) -> Figure:
    """Some training images with their labels.

    Arguments:
        images: (N, H, W).
        labels: one for each.
    """
    return pictures_figure(images, titles=labels, columns=len(images))


def _line(label: str, rows: Rows, column: int) -> Line:
    return Line(label, [row[0] for row in rows], [row[column] for row in rows])
