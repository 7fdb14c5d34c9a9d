"""A short training through the course's own classes beside the same one through the library."""

from __future__ import annotations

import contextlib
import io
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad import nn
from handgrad._typing import Array, IntArray
from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.courses.thu.network import Network
from handgrad.courses.thu.solve_net import data_iterator, test_net, train_net
from handgrad.courses.thu.trainings import RECIPES
from handgrad.courses.thu.twin import course_network
from handgrad.data import batch
from handgrad.engine import compile
from handgrad.loss import CrossEntropyLoss
from handgrad.optim import SGD
from handgrad.recipes import find_recipe
from handgrad.recipes.build import build_network, prepare

if TYPE_CHECKING:
    from handgrad.courses.study import Study
    from handgrad.engine import Engine
    from handgrad.recipes.recipe import Recipe

CONFIG = {
    "learning_rate": 0.01,
    "weight_decay": 0.0001,
    "momentum": 0.9,
    "batch_size": 100,
    "max_epoch": 100,
    "disp_freq": 50,
}
"""The document's, for experiment 1."""

RUNS = (
    ("double", "reference", np.float64),
    ("single", "reference", np.float32),
    ("compiled", "compiled", np.float32),
)
"""Of the library: the engine, and the precision of weights and images."""

SEED = 2019


def own_classes(study: Study) -> dict[str, Any]:
    """Experiment 1's first steps by `train_net`, and by both of the library's engines.

    Arguments:
        study: has the data.

    Returns:
        the lines that were printed, the library's numbers beside them, and how far the weights are apart.
    """
    recipe = find_recipe(RECIPES["experiment1"])
    splits = prepare(recipe, study.splits)
    steps, shown = (20, 5) if study.quick else (200, 50)
    size = int(CONFIG["batch_size"])
    images, labels = _doubles(splits.train, min(steps * size, len(splits.train)))
    held, digits = _doubles(splits.validation, min(2000, len(splits.validation)))
    network = build_network(recipe)
    model, loss = course_network(network), SoftmaxCrossEntropyLoss("loss")
    with _from_seed(), contextlib.redirect_stdout(io.StringIO()) as printed:
        started = time.perf_counter()
        train_net(model, loss, CONFIG, images, labels, size, shown)
        seconds = time.perf_counter() - started
        test_net(model, loss, held, digits, size)
    rows, twins = {}, {}
    for name, engine, dtype in RUNS:
        twin = _copy(recipe, network, dtype)
        run = compile(
            twin, CrossEntropyLoss(), SGD(0.01, momentum=0.9, weight_decay=0.0001), engine=engine, threads=1
        )
        rows[name] = _means(run, images.astype(dtype), labels, size, shown)
        twins[name] = course_network(twin)
    lines = [line.split(maxsplit=1)[1].strip() for line in printed.getvalue().splitlines()]
    return {
        "steps": -(-len(images) // size),
        "shown": shown,
        "seconds": seconds,
        "printed": lines,
        "tested": len(held),
        "library": [
            {
                "step": double[0],
                "loss": double[1],
                "accuracy": double[2],
                "single": single[1],
                "compiled": last[1],
            }
            for double, single, last in zip(*rows.values(), strict=True)
        ],
        "apart": {name: _apart(model, twin) for name, twin in twins.items()}
        | {"engines": _apart(twins["single"], twins["compiled"])},
    }


def _doubles(dataset: Any, count: int) -> tuple[Array, IntArray]:
    x, labels = batch(dataset, range(count))
    return x.astype(np.float64), labels


@contextlib.contextmanager
def _from_seed() -> Any:
    """NumPy's global generator from a seed, and afterwards as it was."""
    state = np.random.get_state()
    np.random.seed(SEED)
    try:
        yield
    finally:
        np.random.set_state(state)


def _copy(recipe: Recipe, network: nn.Sequential, dtype: Any) -> nn.Sequential:
    twin = build_network(recipe)
    twin.load_state_dict(network.state_dict())
    twin.astype(dtype)
    return twin


def _means(
    run: Engine, images: Array, labels: IntArray, size: int, shown: int
) -> list[tuple[int, float, float]]:
    """What `train_net` prints, from the library's own steps over the same batches."""
    found, losses, right = [], [], []
    with _from_seed():
        batches = list(data_iterator(images, labels, size))
    for step, (x, targets) in enumerate(batches, start=1):
        made = run.train_step(x, targets)
        losses.append(made.loss)
        right.append(made.correct / made.count)
        if step % shown == 0:
            found.append((step, float(np.mean(losses)), float(np.mean(right))))
            losses, right = [], []
    return found


def _apart(a: Network, b: Network) -> float:
    """The largest difference between two networks' parameters, as a share of the largest parameter."""
    pairs = [
        (getattr(one, name), getattr(other, name))
        for one, other in zip(a.layer_list, b.layer_list, strict=True)
        for name in ("W", "b")
        if one.trainable
    ]
    return float(
        max(np.abs(one - other).max() for one, other in pairs) / max(np.abs(one).max() for one, _ in pairs)
    )
