"""Section 8: every layer's gradients beside finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.activation import (
    elu_backward,
    elu_forward,
    relu_backward,
    relu_forward,
)
from handgrad.courses.cmu10601.convolution import conv_layer_backward, conv_layer_forward
from handgrad.courses.cmu10601.experiments.questions import random_map
from handgrad.courses.cmu10601.experiments.step_sizes import relu_by_the_course, step_sweep, sweep_figure
from handgrad.courses.cmu10601.inner_product import inner_product_backward, inner_product_forward
from handgrad.courses.cmu10601.loss import mlrloss
from handgrad.courses.cmu10601.network import conv_net, init_convnet
from handgrad.courses.cmu10601.pooling import pooling_layer_backward, pooling_layer_forward

if TYPE_CHECKING:
    from handgrad.courses.study import Study

STEP = 1e-5  # of the central differences
PROBES = 40  # entries of each array of the whole network that are looked at

Layer = dict[str, Any]


def check_gradients(study: Study) -> dict[str, Any]:
    """A row for each gradient of each type of layer, and the error of both differences against h."""
    rng = np.random.default_rng(1)
    rows = [*_weighted(rng), *_plain(rng), *_loss(rng), *_network(rng)]
    sweep = step_sweep(rng)
    study.figure("finite_differences", sweep_figure(sweep))
    return {
        "rows": rows,
        "step": STEP,
        "pooling": _worst(rows, "POOLING"),
        "activation": _worst(rows, "RELU"),
        "inner_product": _worst(rows, "IP"),
        "worst": _worst(rows, ""),
        "sweep": sweep,
        "relu": relu_by_the_course(rng),
    }


def _worst(rows: list[dict[str, Any]], layer: str) -> float:
    """The largest relative difference of one type of layer."""
    return max(float(row["relative"]) for row in rows if row["layer"].startswith(layer))


def _weighted(rng: np.random.Generator) -> list[dict[str, Any]]:
    """CONV, plain and with stride, padding and groups, and IP."""
    convolution = {"type": "CONV", "num": 4, "k": 3, "stride": 1, "pad": 0, "group": 1}
    cases: list[tuple[str, Layer, tuple[int, int], Any, Any]] = [
        ("CONV", convolution, (18, 4), conv_layer_forward, conv_layer_backward),
        (
            "CONV, stride 2, pad 1, group 2",
            convolution | {"stride": 2, "pad": 1, "group": 2},
            (9, 4),
            conv_layer_forward,
            conv_layer_backward,
        ),
        ("IP", {"type": "IP", "num": 5}, (60, 5), inner_product_forward, inner_product_backward),
    ]
    rows = []
    for name, layer, shape, forward, backward in cases:
        input = random_map(rng, 5, 6, 2, 3)
        param = {"w": rng.normal(size=shape), "b": rng.normal(size=shape[1])}
        output = forward(input, layer, param)
        output["diff"] = rng.normal(size=output["data"].shape)
        grad, od = backward(output, input, layer, param)

        def value(
            forward: Any = forward,
            input: Any = input,
            layer: Any = layer,
            param: Any = param,
            output: Any = output,
        ) -> float:
            return float((forward(input, layer, param)["data"] * output["diff"]).sum())

        rows += [
            _row(name, what, array, gradient, value)
            for what, array, gradient in (
                ("w", param["w"], grad["w"]),
                ("b", param["b"], grad["b"]),
                ("input", input["data"], od),
            )
        ]
    return rows


def _plain(rng: np.random.Generator) -> list[dict[str, Any]]:
    """The layers without parameters."""
    cases: list[tuple[str, Layer, Any, Any]] = [
        ("POOLING", {"k": 2, "stride": 2, "pad": 0}, pooling_layer_forward, pooling_layer_backward),
        (
            "POOLING, overlapping",
            {"k": 3, "stride": 1, "pad": 0},
            pooling_layer_forward,
            pooling_layer_backward,
        ),
        ("RELU", {}, relu_forward, relu_backward),
        ("ELU", {}, elu_forward, elu_backward),
    ]
    rows = []
    for name, layer, forward, backward in cases:
        input = random_map(rng, 6, 6, 2, 3)
        output = forward(input, layer)
        output["diff"] = rng.normal(size=output["data"].shape)

        def value(
            forward: Any = forward, input: Any = input, layer: Any = layer, output: Any = output
        ) -> float:
            return float((forward(input, layer)["data"] * output["diff"]).sum())

        rows.append(_row(name, "input", input["data"], backward(output, input, layer), value))
    return rows


def _loss(rng: np.random.Generator) -> list[dict[str, Any]]:
    """LOSS: inner product, softmax and negative log-likelihood in one."""
    wb, X, y = rng.normal(size=(7, 3)), rng.normal(size=(6, 5)), rng.integers(0, 4, size=5)
    _, g, od, _ = mlrloss(wb, X, y, 4, 0)

    def value() -> float:
        return mlrloss(wb, X, y, 4, 0)[0]

    return [_row("LOSS", "w and b", wb, g, value), _row("LOSS", "input", X, od, value)]


def _network(rng: np.random.Generator) -> list[dict[str, Any]]:
    """``conv_net``: all layers in a row, and the mean over the batch."""
    layers: dict[int, Layer] = {
        1: {"type": "DATA", "height": 10, "width": 10, "channel": 1, "batch_size": 4},
        2: {"type": "CONV", "num": 4, "k": 3, "stride": 1, "pad": 0, "group": 1},
        3: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
        4: {"type": "IP", "num": 12, "init_type": "uniform"},
        5: {"type": "RELU"},
        6: {"type": "LOSS", "num": 10},
    }
    before = np.random.get_state()
    np.random.seed(0)
    params = init_convnet(layers)
    np.random.set_state(before)
    data, labels = rng.uniform(size=(100, 4)), rng.integers(0, 10, size=4)
    _, grad = conv_net(params, layers, data, labels)

    def value() -> float:
        return conv_net(params, layers, data, labels)[0]["cost"]

    return [
        _row(
            f"conv_net, layer {i} ({layers[i]['type']})",
            name,
            params[i - 1][name],
            grad[i - 1][name],
            value,
            rng,
        )
        for i in (2, 4, 6)
        for name in ("w", "b")
    ]


def _row(
    layer: str,
    what: str,
    array: Array,
    gradient: Array,
    value: Callable[[], float],
    rng: np.random.Generator | None = None,
) -> dict[str, Any]:
    """The largest distance between a gradient and central differences, beside the largest gradient."""
    indices = list(np.ndindex(array.shape))
    if rng is not None and len(indices) > PROBES:
        indices = [indices[place] for place in rng.choice(len(indices), PROBES, replace=False)]
    found = np.array([gradient[index] for index in indices])
    expected = np.array([central(array, index, value, STEP) for index in indices])
    largest, difference = float(np.abs(expected).max()), float(np.abs(found - expected).max())
    return {
        "layer": layer,
        "what": what,
        "entries": len(indices),
        "largest": largest,
        "difference": difference,
        "relative": difference / largest,
    }


def central(array: Array, index: tuple[int, ...], value: Callable[[], float], h: float) -> float:
    """(f(x + h) − f(x − h)) / 2h for one entry, which is left as it was."""
    kept = float(array[index])
    array[index] = kept + h
    above = value()
    array[index] = kept - h
    below = value()
    array[index] = kept
    return (above - below) / (2 * h)
