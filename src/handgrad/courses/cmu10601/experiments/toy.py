"""Section 3: the toy network, forward and backward, each number by the library and by differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from handgrad import nn
from handgrad._typing import AnyArray, Array
from handgrad.ops import probability_cross_entropy_backward, probability_cross_entropy_forward

IMAGE = [[0, 0, 4, 0], [0, 2, 5, 0], [0, 0, 1, 0], [0, 0, 2, 0]]
FILTERS = [[[1, 1], [2, 0]], [[2, 1], [0, 2]]]
W1 = [
    [1, 0.5, 1, 2, -1, 1, 1, -1],
    [0.5, 1, 2, 1, -0.5, 0.5, -1, 1],
    [0.25, -1, 1, 1, 0.5, -1, -1, -1],
]
LABEL = np.array([1])  # digit 1 of the digits 0, 1, 2: the second class
RATE = 0.01
STEP = 1e-6  # of the finite differences
KINK = 1e-3  # slopes to the left and to the right that differ by more belong to two branches

NAMES = ("convolution", "pooling", "vector", "inner product", "ReLU", "softmax")
EXACT = ("softmax", "ReLU")  # gradients that are no sums: here a small number is one, and no rounding
NOISE = 1e-14  # what is left where two gradients of about 0.1 cancel
PARAMETERS = {"0.weight": "F", "0.bias": "convolution bias", "3.weight": "W1", "3.bias": "b"}


def toy_network() -> nn.Sequential:
    """Table 1 with the numbers that the document gives, in float64."""
    layers: list[nn.Layer] = [
        nn.Conv2d(1, 2, 2),
        nn.MaxPool2d(2, stride=1),
        nn.Flatten(),  # map by map, row by row: the document's formula
        nn.Linear(8, 3),
        nn.ReLU(),
        nn.Softmax(),
    ]
    network = nn.Sequential(layers, input_shape=(1, 4, 4), dtype=np.float64)
    network.load_state_dict(
        {
            "0.weight": np.array(FILTERS, float)[:, None],  # (O, KH, KW) -> (O, C, KH, KW)
            "0.bias": np.zeros(2),
            "3.weight": np.array(W1, float),
            "3.bias": np.zeros(3),
        }
    )
    return network


def work_through_toy() -> dict[str, Any]:
    """Every array of one forward and backward pass, the answers, the checks, and one step of SGD."""
    network, x = toy_network(), np.array(IMAGE, float)[None, None]  # (H, W) -> (N, C, H, W)
    outputs, caches, inputs = [], [], [x]
    for y, cache in network.walk(x):
        caches.append((inputs[-1].shape, cache))
        outputs.append(y[0])
        inputs.append(y)
    loss, loss_cache = probability_cross_entropy_forward(inputs[-1], LABEL)
    dy = probability_cross_entropy_backward(1.0, loss_cache)
    backward = {"softmax": dy[0]}
    gradients: dict[str, Array] = {}
    for place in reversed(range(len(network))):
        dy, own = network.layer_backward(place, dy, caches[place])
        gradients |= {f"{place}.{name}": gradient for name, gradient in own.items()}
        backward[NAMES[place - 1] if place else "image"] = dy[0]
    forward = dict(zip(NAMES, outputs, strict=True))
    backward |= {name: _without_rounding(array) for name, array in backward.items() if name not in EXACT}
    gradients = {name: _without_rounding(array) for name, array in gradients.items()}
    checks, kinks = _checks(network, x, backward, gradients)
    return {
        "image": IMAGE,
        "filters": FILTERS,
        "W1": W1,
        "forward": {name: _plain(array) for name, array in forward.items()},
        "loss": loss,
        "backward": {name: _plain(array) for name, array in backward.items()},
        "gradients": {PARAMETERS[name]: _plain(array) for name, array in gradients.items()},
        "answers": _answers(forward, loss, backward, gradients),
        "checks": checks,
        "kinks": kinks,
        "step": STEP,
        "rate": RATE,
        "after": _after(network, x, gradients),
    }


def _answers(
    forward: dict[str, Array], loss: float, backward: dict[str, Array], gradients: dict[str, Array]
) -> list[dict[str, Any]]:
    """The twelve questions; the document counts rows, columns and maps from 1, and names the map last."""
    convolution, pooling = forward["convolution"], forward["pooling"]
    return [
        {"question": question, "answer": _plain(answer)}
        for question, answer in [
            ("Height and width of the output of the convolutional layer", np.array(convolution.shape[1:])),
            ("Height and width of the output of the pooling layer", np.array(pooling.shape[1:])),
            ("Length of the output of the ReLU layer", np.array(len(forward["ReLU"]))),
            ("Length of the output of the softmax", np.array(len(forward["softmax"]))),
            ("Entry (1,1,2) of the convolutional layer's output", convolution[1, 0, 0]),
            ("Entry (2,1,1) of the max-pooling layer's output", pooling[0, 1, 0]),
            ("Entry at index 2 of the ReLU layer's output", forward["ReLU"][1]),
            ("Entry at index 2 of the softmax layer's output", forward["softmax"][1]),
            ("Cross-entropy (loss) of this example", np.array(loss)),
            ("$dJ/dy$, with respect to the softmax output", backward["softmax"]),
            ("$dJ/dW1(1,1)$", gradients["3.weight"][0, 0]),
            ("$dJ/dF1(1,1)$", gradients["0.weight"][0, 0, 0, 0]),
        ]
    ]


def _checks(
    network: nn.Sequential, x: Array, backward: dict[str, Array], gradients: dict[str, Array]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every derivative by differences: where the slopes of both sides agree, and where they do not."""

    def loss() -> float:
        return probability_cross_entropy_forward(network.forward(x)[0], LABEL)[0]

    y = network.forward(x)[0]
    table: list[tuple[str, Array, Array, Callable[[], float]]] = [
        (
            "softmax output y",
            y,
            backward["softmax"][None],
            lambda: probability_cross_entropy_forward(y, LABEL)[0],
        )
    ]
    values = {name: parameter.value for name, parameter in network.parameters().items()}
    table += [(PARAMETERS[name], values[name], gradients[name], loss) for name in ("3.weight", "3.bias")]
    table += [(PARAMETERS[name], values[name], gradients[name], loss) for name in ("0.weight", "0.bias")]
    table.append(("image", x, backward["image"][None], loss))
    checks, kinks = [], []
    for what, array, gradient, function in table:
        largest, count = 0.0, 0
        for index in np.ndindex(array.shape):
            left, right = _slopes(array, index, function)
            found = float(gradient[index])
            if abs(right - left) > KINK:
                kinks.append(_kink(what, index, found, left, right))
            else:
                largest, count = max(largest, abs(found - (left + right) / 2)), count + 1
        checks.append({"what": what, "entries": array.size, "smooth": count, "difference": largest})
    return checks, kinks


def _slopes(array: Array, index: tuple[int, ...], function: Callable[[], float]) -> tuple[float, float]:
    """(f(x) − f(x − h)) / h and (f(x + h) − f(x)) / h for one entry, which is left as it was."""
    value, middle = float(array[index]), function()
    array[index] = value - STEP
    below = function()
    array[index] = value + STEP
    above = function()
    array[index] = value
    return (middle - below) / STEP, (above - middle) / STEP


def _kink(what: str, index: tuple[int, ...], gradient: float, left: float, right: float) -> dict[str, Any]:
    """An entry at which the tie makes the loss bend."""
    rows = {"F": f"F{index[0] + 1}({index[-2] + 1},{index[-1] + 1})"}
    errors = {"left": abs(gradient - left), "right": abs(gradient - right)}
    side = min(errors, key=lambda name: errors[name])
    return {
        "entry": rows.get(what, f"{what}({index[-2] + 1},{index[-1] + 1})"),
        "gradient": gradient,
        "left": left,
        "right": right,
        "central": (left + right) / 2,
        "side": side,
        "difference": errors[side],
    }


def _after(network: nn.Sequential, x: Array, gradients: dict[str, Array]) -> dict[str, Any]:
    """One step of plain SGD with the document's rate."""
    for name, parameter in network.parameters().items():
        parameter.value[...] -= RATE * gradients[name]
    y = network.forward(x)[0]
    values = {PARAMETERS[name]: _plain(item.value) for name, item in network.parameters().items()}
    loss = probability_cross_entropy_forward(y, LABEL)[0]
    return {"parameters": values, "softmax": _plain(y[0]), "loss": loss}


def _without_rounding(gradient: Array) -> Array:
    """Zero where two gradients cancelled."""
    return np.where(np.abs(gradient) < NOISE, 0.0, gradient)


def _plain(array: AnyArray) -> Any:
    """Nested lists, without negative zeros and without axes of length 1 before the last two."""
    array = np.asarray(array) + 0.0
    return array.reshape([size for size in array.shape[:-2] if size > 1] + list(array.shape[-2:])).tolist()
