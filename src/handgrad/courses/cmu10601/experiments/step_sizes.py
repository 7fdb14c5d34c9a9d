"""Section 8: how small the h of a finite difference may be, and the course's own check of the ReLU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.courses.cmu10601.activation import finite_difference, relu_backward, relu_forward
from handgrad.courses.cmu10601.experiments.questions import random_map
from handgrad.courses.cmu10601.feature_map import FeatureMap
from handgrad.courses.cmu10601.loss import mlrloss
from handgrad.report import Chart, Line, curves_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = [10.0 ** (half / 2) for half in range(-24, -1)]  # 1e-12 to 1e-1, two for each power of ten


def step_sweep(rng: np.random.Generator) -> dict[str, Any]:
    """How far equation 14 and the central difference are from the gradient of the loss layer, by h."""
    wb, X, y = rng.normal(size=(7, 3)), rng.normal(size=(6, 5)), rng.integers(0, 4, size=5)
    value, _, od, _ = mlrloss(wb, X, y, 4, 0)
    forward, middle = [], []
    for h in STEPS:
        errors = []
        for index in np.ndindex(X.shape):
            kept = X[index]
            X[index] = kept + h
            above = mlrloss(wb, X, y, 4, 0)[0]
            X[index] = kept - h
            below = mlrloss(wb, X, y, 4, 0)[0]
            X[index] = kept
            errors.append((abs((above - value) / h - od[index]), abs((above - below) / (2 * h) - od[index])))
        forward.append(float(max(error for error, _ in errors)))
        middle.append(float(max(error for _, error in errors)))
    best = {name: STEPS[int(np.argmin(error))] for name, error in (("forward", forward), ("central", middle))}
    return {"h": STEPS, "forward": forward, "central": middle, "best_h": best}


def sweep_figure(sweep: dict[str, Any]) -> Figure:
    """Both errors against h."""
    powers = [float(np.log10(h)) for h in sweep["h"]]
    lines = [
        Line("forward (eq. 14)", powers, sweep["forward"]),
        Line("central", powers, sweep["central"]),
    ]
    chart = Chart("Loss layer: difference from the gradient", "log10 of h", "largest error", lines, log=True)
    return curves_figure([chart], columns=1)


def relu_by_the_course(rng: np.random.Generator) -> list[dict[str, Any]]:
    """``finite_difference`` beside ``relu_backward``: only values between −h and 0 can differ."""
    input: FeatureMap = random_map(rng, 10, 10, 5, 8)
    output = relu_forward(input, {"type": "RELU"})
    output["diff"] = rng.normal(size=output["data"].shape)
    gradient, rows = relu_backward(output, input, {"type": "RELU"}), []
    for h in (1e-1, 1e-2, 1e-4, 1e-6):
        off = np.abs(finite_difference(output, input, h) - gradient)
        near = (input["data"] > -h) & (input["data"] <= 0)
        rows.append(
            {
                "h": h,
                "entries": int(off.size),
                "near": int(near.sum()),
                "near_difference": float(off[near].max()) if near.any() else 0.0,
                "difference": float(off[~near].max()),
            }
        )
    return rows
