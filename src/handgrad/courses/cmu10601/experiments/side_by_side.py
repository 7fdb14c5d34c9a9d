"""The course's own functions beside the library's engines: the same weights, the same batches."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad import nn
from handgrad.courses.cmu10601.experiments.lenet import PROTOCOL, SEED, first_params, lenet_layers
from handgrad.courses.cmu10601.network import Params, conv_net
from handgrad.courses.cmu10601.training import get_lr, sgd_momentum
from handgrad.courses.cmu10601.twin import sequential_of, state_of
from handgrad.data import Dataset, shuffled_indices
from handgrad.engine import Engine
from handgrad.errors import EngineWarning
from handgrad.recipes import find_recipe
from handgrad.recipes.build import build_run
from handgrad.report import Chart, Line, curves_figure

if TYPE_CHECKING:
    from handgrad.courses.study import Study

STEPS, QUICK_STEPS, QUICK_BATCH = 40, 6, 16
COMPILED, REFERENCE = "compiled engine, float32", "reference engine, float64"
CONTROL = "reference engine, float32"  # tells the precision's share from the engine's
ENGINES: tuple[tuple[str, str | None, type[np.floating[Any]]], ...] = (
    (COMPILED, None, np.float32),
    (CONTROL, "reference", np.float32),
    (REFERENCE, "reference", np.float64),
)


def compare_engines(study: Study) -> dict[str, Any]:
    """Train LeNet for a few iterations: with the course's functions, and with engines."""
    train = study.splits.train
    steps, batch_size = (QUICK_STEPS, QUICK_BATCH) if study.quick else (STEPS, PROTOCOL["batch_size"])
    batch_size = min(batch_size, len(train))
    batches = [_indices(train, step, batch_size) for step in range(steps)]
    layers = lenet_layers(batch_size)
    start = first_params(layers)
    params, course = _course(layers, start, train, batches)
    found: dict[str, Any] = {"steps": steps, "batch_size": batch_size, "course": course, "engines": {}}
    recipe = find_recipe("lenet")
    for name, engine, dtype in ENGINES:
        network = sequential_of(layers, start, dtype=dtype)
        run = build_run(recipe, network, engine=engine, threads=study.threads)
        costs, seconds = _engine(run, network, train, batches)
        found["engines"][name] = {
            "costs": costs,
            "milliseconds": 1000 * seconds,
            "cost_difference": float(np.abs(np.subtract(costs, course["costs"])).max()),
            "weight_difference": _distance(network, state_of(network, layers, params)),
        }
    study.figure("side_by_side", _figure(found))
    return found


def _indices(train: Dataset, step: int, batch_size: int) -> Any:
    """Those of one whole batch, epoch after epoch."""
    epoch, position = divmod(step, len(train) // batch_size)
    order = shuffled_indices(len(train), seed=SEED, epoch=epoch)
    return order[position * batch_size : (position + 1) * batch_size]


def _course(
    layers: dict[int, dict[str, Any]], params: Params, train: Dataset, batches: list[Any]
) -> tuple[Params, dict[str, Any]]:
    """The loop of the course's test script."""
    winc = {i: {name: np.zeros_like(array) for name, array in entry.items()} for i, entry in params.items()}
    costs, seconds = [], []
    for step, indices in enumerate(batches):
        images = train.images[indices] / 255.0
        data = images.reshape(len(indices), -1).T  # (N, H, W) -> (h·w·c, N)
        started = time.perf_counter()
        cp, grad = conv_net(params, layers, data, train.labels[indices])
        w_rate, b_rate = (
            get_lr(step, PROTOCOL["epsilon"] * PROTOCOL[name], PROTOCOL["gamma"], PROTOCOL["power"])
            for name in ("w_lr", "b_lr")
        )
        params, winc = sgd_momentum(w_rate, b_rate, PROTOCOL["mu"], PROTOCOL["decay"], params, winc, grad)
        seconds.append(time.perf_counter() - started)
        costs.append(cp["cost"])
    return params, {"costs": costs, "milliseconds": 1000 * float(np.median(seconds))}


def _engine(
    run: Engine, network: nn.Sequential, train: Dataset, batches: list[Any]
) -> tuple[list[float], float]:
    """The same batches by an engine; the median time of a step."""
    costs, seconds = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EngineWarning)  # ten logits a row are no work, whoever runs them
        for indices in batches:
            images = (train.images[indices] / 255.0)[:, None].astype(network.dtype)  # -> (N, C, H, W)
            started = time.perf_counter()
            costs.append(run.train_step(images, train.labels[indices]).loss)
            seconds.append(time.perf_counter() - started)
    return costs, float(np.median(seconds))


def _distance(network: nn.Sequential, expected: dict[str, Any]) -> float:
    """The largest difference of any weight, as a share of the largest of its array (biases begin at 0)."""
    return max(
        float(np.abs(parameter.value - expected[name]).max() / np.abs(expected[name]).max())
        for name, parameter in network.parameters().items()
        if not parameter.is_bias
    )


def _figure(found: dict[str, Any]) -> Any:
    steps = list(range(1, found["steps"] + 1))
    course = found["course"]["costs"]
    costs = [Line("course's functions", steps, course, "points")]
    costs += [Line(name, steps, side["costs"]) for name, side in found["engines"].items() if name != CONTROL]
    away = [
        Line(name, steps, [abs(one - other) for one, other in zip(costs_of_engine, course, strict=True)])
        for name, costs_of_engine in ((name, found["engines"][name]["costs"]) for name in (COMPILED, CONTROL))
    ]
    charts = [
        Chart("Cost of each batch", "iteration", "cost", costs),
        Chart("Distance from the course's functions", "iteration", "difference", away, log=True),
    ]
    return curves_figure(charts, columns=1)
