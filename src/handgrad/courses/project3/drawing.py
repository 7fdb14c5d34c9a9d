"""The curves of the report, from its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handgrad.report import Chart, Line, curves_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = dict[str, Any]


def accuracy_curves(curve: Numbers, network: str) -> Figure:
    """Accuracy against iteration on training and validation images: all of it, and its upper end."""
    lines = [
        Line("training", curve["iterations"], curve["train_curve"]),
        Line("validation", curve["iterations"], curve["validation_curve"], "dashed"),
    ]
    low = max(0, math.floor(20 * min(curve["train"], curve["validation"]) - 1) / 20)
    charts = [
        Chart(f"{network}, {curve['images']:,} images", "iteration", "accuracy", lines, (0.0, 1.0)),
        Chart(f"the same, from {low:.0%}", "iteration", "accuracy", lines, (low, 1.0)),
    ]
    return curves_figure(charts)


def improvement_curves(rows: Sequence[Numbers]) -> Figure:
    """Validation accuracy against the share of each training that is done."""
    lines = [
        Line(
            row["name"],
            [step / row["iterations"][-1] for step in row["iterations"]],
            row["curve"],
            "solid" if place else "dotted",  # the first are the stated settings
        )
        for place, row in enumerate(rows)
    ]
    low = min(max(row["curve"]) for row in rows) - 0.02
    return curves_figure(
        [Chart("", "share of the training", "validation accuracy", lines, (max(0.0, low), 1.0))], columns=1
    )


def overlaid_curves(comparison: Numbers) -> Figure:
    """Two engines' validation accuracy and loss against iteration, one upon the other."""
    steps, charts = comparison["iterations"], []
    for kind in ("accuracy", "loss"):
        lines = [
            Line("handgrad", steps, comparison["handgrad"][kind]),
            Line("PyTorch", steps, comparison["pytorch"][kind], "points"),
        ]
        charts.append(Chart(f"validation {kind}", "iteration", kind, lines))
    return curves_figure(charts)
