"""cmu10601: LeNet as ``cnn_lenet`` has it, a dict of layers and a dict of parameters."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..trainer import CLASSES, Array, Load, Trainer, member, number, two

MODULE, SIDE = "cnn_lenet", 28
LAST = 8

LAYERS: dict[int, dict[str, Any]] = {
    1: {"type": "DATA", "height": SIDE, "width": SIDE, "channel": 1},
    2: {"type": "CONV", "num": 20, "k": 5, "stride": 1, "pad": 0, "group": 1},
    3: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
    4: {"type": "CONV", "num": 50, "k": 5, "stride": 1, "pad": 0, "group": 1},
    5: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
    6: {"type": "IP", "num": 500, "init_type": "uniform"},
    7: {"type": "RELU"},
    LAST: {"type": "LOSS", "num": CLASSES},
}
"""The eight layers of the document's table 2."""

FORWARDS = {
    "CONV": "conv_layer_forward",
    "POOLING": "pooling_layer_forward",
    "IP": "inner_product_forward",
    "RELU": "relu_forward",
}
WEIGHTED = ("CONV", "IP")


class LeNet(Trainer):
    """The loop of the course's test script.

    Settings: ``epsilon``, ``gamma`` and ``power`` of the rate, ``b_lr`` (how many times as fast biases
    learn), ``mu`` and ``decay``.
    """

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        super().__init__(load, settings)
        self.load, self.settings, self.iteration = load, settings, 0
        self.conv_net, self.get_lr, self.sgd_momentum = (
            member(load, MODULE, name) for name in ("conv_net", "get_lr", "sgd_momentum")
        )
        self.params = member(load, MODULE, "init_convnet")(_layers(1))
        self.winc = {
            place: {name: np.zeros(np.shape(value)) for name, value in param.items()}
            for place, param in self.params.items()
        }

    def step(self, x: Array, y: Array) -> float:
        """``conv_net``, ``get_lr``, ``sgd_momentum``."""
        result = self.conv_net(self.params, _layers(len(x)), _columns(x), y)
        cp, grad = two(result, "conv_net(params, layers, data, labels)", "cp and param_grad")
        epsilon, gamma, power = (self.settings[name] for name in ("epsilon", "gamma", "power"))
        rates = [
            self.get_lr(self.iteration, rate, gamma, power)
            for rate in (epsilon, epsilon * self.settings["b_lr"])
        ]
        mu, decay = self.settings["mu"], self.settings["decay"]
        result = self.sgd_momentum(*rates, mu, decay, self.params, self.winc, grad)
        self.params, self.winc = two(result, "sgd_momentum(...)", "params_ and param_winc_")
        self.iteration += 1
        return number(cp["cost"])

    def predict(self, x: Array) -> Array:
        """Logits by the submission's own forward functions, as ``conv_net`` tells but a cost and a share."""
        layers = _layers(len(x))
        output: dict[str, Any] = {**layers[1], "data": _columns(x)}
        for place in range(2, LAST):
            layer, kind = layers[place], layers[place]["type"]
            forward = member(self.load, MODULE, FORWARDS[kind])
            weights = [self.params[place - 1]] if kind in WEIGHTED else []
            output = forward(output, layer, *weights)
        last = self.params[LAST - 1]
        free = np.transpose(output["data"]) @ last["w"] + np.reshape(last["b"], (1, -1))  # -> (N, 9)
        return np.pad(free, ((0, 0), (0, 1)))  # the last class's logit is 0


def _layers(count: int) -> dict[int, dict[str, Any]]:
    """New dicts, as a submission may write into them, for a batch of so many images."""
    layers = {place: dict(layer) for place, layer in LAYERS.items()}
    layers[1]["batch_size"] = count
    return layers


def _columns(x: Array) -> Array:
    """(N, 28, 28) to (784, N), from 0 to 1."""
    return np.ascontiguousarray(x.reshape(len(x), -1).T) / 255.0
