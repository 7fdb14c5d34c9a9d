"""Questions 1 to 7: what was to be written, held against its definition in plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.activation import relu_forward
from handgrad.courses.cmu10601.feature_map import FeatureMap
from handgrad.courses.cmu10601.inner_product import inner_product_forward
from handgrad.courses.cmu10601.pooling import pooling_layer_forward
from handgrad.courses.cmu10601.training import sgd_momentum

POINTS = {1: 20, 2: 3, 3: 10, 4: 20, 5: 3, 6: 10, 7: 7, 8: 5, 9: 7, 10: 3}
TOY_POINTS, HONESTY_POINTS = 12, 2


def answer_questions() -> dict[str, Any]:
    """The points of every question, and how far the forward functions are from their definitions."""
    rng = np.random.default_rng(0)
    maps = random_map(rng, 6, 7, 3, 4)
    return {
        "points": {str(number): points for number, points in POINTS.items()},
        "toy_points": TOY_POINTS,
        "honesty_points": HONESTY_POINTS,
        "total": sum(POINTS.values()) + TOY_POINTS + HONESTY_POINTS,
        "pooling": _pooling(maps),
        "relu": _relu(maps),
        "inner_product": _inner_product(maps, rng),
        "sgd": _sgd(rng),
    }


def random_map(rng: np.random.Generator, height: int, width: int, channel: int, batch: int) -> FeatureMap:
    """A feature map of normally distributed values."""
    data = rng.normal(size=(height * width * channel, batch))
    return {"height": height, "width": width, "channel": channel, "batch_size": batch, "data": data}


def _pooling(maps: FeatureMap) -> float:
    """Question 1: the largest value of each window, sought one by one; windows overlap."""
    k, stride = 3, 2
    output = pooling_layer_forward(maps, {"type": "POOLING", "k": k, "stride": stride, "pad": 0})
    height, width, channel = maps["height"], maps["width"], maps["channel"]
    images = maps["data"].reshape(height, width, channel, -1)
    expected = np.empty((output["height"], output["width"], channel, maps["batch_size"]))
    for row, column, c, n in np.ndindex(expected.shape):
        largest = -np.inf
        for i in range(k):
            for j in range(k):
                largest = max(largest, images[row * stride + i, column * stride + j, c, n])
        expected[row, column, c, n] = largest
    return _difference(output["data"], expected.reshape(output["data"].shape))


def _relu(maps: FeatureMap) -> float:
    """Question 2: max(0, x) of each value."""
    expected = np.array([[max(0.0, value) for value in row] for row in maps["data"].tolist()])
    return _difference(relu_forward(maps, {"type": "RELU"})["data"], expected)


def _inner_product(maps: FeatureMap, rng: np.random.Generator) -> float:
    """Question 3: each output as a sum of products."""
    data, num = maps["data"], 5
    param = {"w": rng.normal(size=(len(data), num)), "b": rng.normal(size=num)}
    expected = np.zeros((num, data.shape[1]))
    for o, n in np.ndindex(expected.shape):
        expected[o, n] = param["b"][o] + sum(param["w"][i, o] * data[i, n] for i in range(len(data)))
    return _difference(inner_product_forward(maps, {"type": "IP", "num": num}, param)["data"], expected)


def _sgd(rng: np.random.Generator) -> float:
    """Question 7: equations 9, 10 and 13, number by number."""
    params, winc, grad = ({1: {"w": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}} for _ in range(3))
    mu, decay, rates = 0.9, 0.0005, {"w": 0.01, "b": 0.02}
    found = sgd_momentum(rates["w"], rates["b"], mu, decay, params, winc, grad)
    worst = 0.0
    for name, rate in rates.items():
        for index in np.ndindex(params[1][name].shape):
            w = float(params[1][name][index])
            gradient = float(grad[1][name][index]) + (decay * w if name == "w" else 0.0)
            theta = mu * float(winc[1][name][index]) + rate * gradient
            errors = (found[1][1][name][index] - theta, found[0][1][name][index] - (w - theta))
            worst = max(worst, *(abs(float(error)) for error in errors))
    return worst


def _difference(found: Array, expected: Array) -> float:
    return float(np.abs(found - expected).max())
