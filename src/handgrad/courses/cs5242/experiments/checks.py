"""Sections 3 to 8: forward passes and optimizers beside Keras, gradients beside central differences."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.courses.cs5242.experiments.keras_side import (
    CLASSES,
    CONVOLUTION,
    FEATURES,
    POOLING,
    SEED,
    STEPS,
    inputs,
    live_outputs,
    stored_outputs,
)
from handgrad.courses.cs5242.layers import Convolution, Dropout, FCLayer, Flatten, Layer, Pooling, ReLU
from handgrad.courses.cs5242.loss import SoftmaxCrossEntropy
from handgrad.courses.cs5242.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from handgrad.courses.cs5242.utils.check_grads import layer_errors, loss_errors
from handgrad.courses.cs5242.utils.tools import rel_error

KERAS_LIMIT, GRADIENT_LIMIT = 1e-6, 1e-8

OPTIMIZERS: Mapping[str, Any] = {
    "SGD": lambda: SGD(lr=0.01, momentum=0.9),
    "Adam": lambda: Adam(lr=0.01),
    "RMSprop": lambda: RMSprop(lr=0.01, rho=0.9),
    "Adagrad": lambda: Adagrad(lr=0.01),
}

DOCUMENT_ERRORS = {
    "convolution": 3.99e-07,
    "max": 7.62e-09,
    "dense": 1.93e-07,
    "loss": 9.38e-17,
}
"""What the document's own cells printed."""


def beside_keras() -> dict[str, Any]:
    """Every forward pass and optimizer against Keras: live where it is installed, else as stored."""
    live = live_outputs()
    made_by, theirs = live or stored_outputs()
    rows: list[dict[str, Any]] = []
    for name, ours in our_outputs().items():
        expected = theirs[name]
        same = ours[: len(expected)] if ours.ndim == 4 else ours
        rows.append(
            {
                "name": NAMES[name],
                "error": rel_error(same, expected),
                "document": DOCUMENT_ERRORS.get(name),
                "compared": int(np.size(expected)),
                "of": int(np.size(ours)),
            }
        )
    return {
        "live": live is not None,
        "made_by": made_by,
        "limit": KERAS_LIMIT,
        "rows": rows,
        "worst": max(row["error"] for row in rows),
    }


NAMES = {
    "convolution": "Convolution, 5x5, stride 2",
    "max": "Pooling, maximum, 5x5, stride 2",
    "avg": "Pooling, average, 5x5, stride 2",
    "dense": "FCLayer, 20 to 100",
    "loss": "SoftmaxCrossEntropy",
    **{name: f"{name}, {STEPS} updates" for name in OPTIMIZERS},
}


def our_outputs() -> dict[str, AnyArray]:
    """The same as `live_outputs`, by the course's modules."""
    given = inputs()
    convolution = Convolution(CONVOLUTION)
    convolution.update({"weights": given["kernels"], "bias": given["kernel_bias"]})
    dense = FCLayer(*FEATURES)
    dense.update({"weights": given["weights"], "bias": given["bias"]})
    loss, _ = SoftmaxCrossEntropy(CLASSES).forward(given["scores"], given["targets"])
    return {
        "convolution": convolution.forward(given["maps"]),
        "max": Pooling({**POOLING, "pool_type": "max"}).forward(given["maps"]),
        "avg": Pooling({**POOLING, "pool_type": "avg"}).forward(given["maps"]),
        "dense": dense.forward(given["rows"]),
        "loss": np.asarray(loss),
        **{name: _path(make(), given["first"], given["gradients"]) for name, make in OPTIMIZERS.items()},
    }


def _path(optimizer: Optimizer, first: Array, gradients: Array) -> Array:
    params = {"weights": first}
    for iteration, gradient in enumerate(gradients):
        params = optimizer.update(params, {"weights": gradient}, iteration)
    return params["weights"]


def gradients_checked(small: bool) -> dict[str, Any]:
    """Every backward pass beside central differences, as sections 3.2, 4.2, 5.2, 6.2 and 7.2 want it.

    Arguments:
        small: on a few numbers; else on arrays as large as the document's.
    """
    rng = np.random.RandomState(SEED)
    batch, height, width = (2, 5, 6) if small else (10, 10, 20)
    conv = {"kernel_h": 3, "kernel_w": 3, "pad": 0, "stride": 2, "in_channel": 3, "out_channel": 10}
    pool = {"pool_height": 3, "pool_width": 2, "stride": 2, "pad": 1}
    dropout = Dropout(0.1, seed=1234)
    dropout.set_mode(True)
    maps = (batch, 3, height, width)
    cases: list[tuple[str, Layer, tuple[int, ...], str]] = [
        ("Convolution, 3x3, stride 2, no padding", Convolution(conv), maps, "3.2"),
        (
            "Convolution, 3x3, stride 1, padding 1",
            Convolution({**conv, "stride": 1, "pad": 1}),
            (2, 3, 5, 6),
            "",
        ),
        ("Dropout, ratio 0.1", dropout, (batch, 2 if small else 10, height, width), "4.2"),
        ("Pooling, maximum, 3x2, padding 1", Pooling({**pool, "pool_type": "max"}), maps, "5.2"),
        ("Pooling, average, 3x2, padding 1", Pooling({**pool, "pool_type": "avg"}), maps, "5.2"),
        ("FCLayer, 20 to 100", FCLayer(*FEATURES), (batch, FEATURES[0]), "6.2"),
        ("FCLayer on (batch, 3, 20)", FCLayer(20, 7), (2, 3, 20), ""),
        ("ReLU", ReLU(), maps, "2"),
        ("Flatten", Flatten(), (2, 3, 4, 5), ""),
    ]
    rows: list[dict[str, Any]] = []
    for name, layer, shape, section in cases:
        x = _apart(rng, shape)
        in_grads = rng.uniform(size=layer.forward(x).shape)
        rows += _rows(name, section, layer_errors(layer, x, in_grads))
    scores, targets = rng.uniform(size=(10, CLASSES)), rng.randint(CLASSES, size=10)
    rows += _rows("SoftmaxCrossEntropy", "7.2", loss_errors(SoftmaxCrossEntropy(CLASSES), scores, targets))
    return {"limit": GRADIENT_LIMIT, "rows": rows, "worst": max(row["error"] for row in rows)}


def _apart(rng: np.random.RandomState, shape: tuple[int, ...]) -> Array:
    """Numbers from -1 to 1 in random order, so far from another and from 0 that no kink lies between."""
    count = int(np.prod(shape))
    return (2 * (rng.permutation(count) + 0.5) / count - 1 + 1e-4).reshape(shape)  # -> shape


def _rows(name: str, section: str, errors: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"name": name, "section": section, "to": to, "error": error} for to, error in errors.items()]


def habits() -> dict[str, Any]:
    """The course's odd habits, shown on single numbers."""
    seeded = Dropout(0.5, seed=1234)
    once, again = seeded.forward(np.ones(1000)), seeded.forward(np.ones(1000))
    halving = SGD(lr=1.0, sheduler_func=lambda lr, iteration: lr * 0.5 if iteration % 1000 == 0 else lr)
    rates = []
    for iteration in range(2001):
        halving.update({}, {}, iteration)
        if iteration in (0, 1, 999, 1000, 2000):
            rates.append({"iteration": iteration, "rate": halving.lr})
    return {
        "relu_at_zero": float(ReLU().backward(np.ones(1), np.zeros(1))[0]),
        "same_mask": bool((once == again).all()),
        "dropped": float((once == 0).mean()),
        "mean": float(once.mean()),
        "rates": rates,
    }
