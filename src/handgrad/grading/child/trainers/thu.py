"""thu: the two experiments and the perceptron, made of the submission's layers."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..trainer import Array, Load, Trainer, member, number, one_hot

CONFIG = ("learning_rate", "momentum", "weight_decay")

Plan = tuple[tuple[Any, ...], ...]
"""For each layer its class and what follows its name."""


def he(fan_in: int) -> float:
    """The first weights' deviation before a ReLU, which the document leaves open.

    Example:
        >>> he(50)
        0.2
    """
    return math.sqrt(2 / fan_in)


class _Experiment(Trainer):
    """One network; settings ``learning_rate``, ``momentum`` and ``weight_decay``."""

    plan: Plan

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        super().__init__(load, settings)
        self.config = {name: settings[name] for name in CONFIG}
        self.loss = member(load, "loss", "SoftmaxCrossEntropyLoss")("loss")
        self.model = member(load, "network", "Network")()
        for place, (kind, *arguments) in enumerate(self.plan):
            self.model.add(member(load, "layers", kind)(f"{kind.lower()}{place}", *arguments))

    def step(self, x: Array, y: Array) -> float:
        """Forward, backward and update, as ``train_net`` does."""
        target = one_hot(y)
        output = self.model.forward(_pixels(x))
        loss = self.loss.forward(output, target)
        self.model.backward(self.loss.backward(output, target))
        self.model.update(self.config)
        return number(loss)

    def predict(self, x: Array) -> Array:
        """Scores before the softmax."""
        return np.asarray(self.model.forward(_pixels(x)))


class Experiment1(_Experiment):
    """Two convolutions and one linear layer, 2,143 weights."""

    plan = (
        ("Conv2D", 1, 3, 5, 2, he(25)),
        ("Relu",),
        ("AvgPool2D", 2, 0),
        ("Conv2D", 3, 4, 3, 1, he(27)),
        ("Relu",),
        ("AvgPool2D", 2, 0),
        ("Reshape", (-1, 196)),
        ("Linear", 196, 10, he(196)),
    )


class Experiment2(_Experiment):
    """Two convolutions and two linear layers."""

    plan = (
        ("Conv2D", 1, 8, 3, 1, he(9)),
        ("Relu",),
        ("AvgPool2D", 2, 0),
        ("Conv2D", 8, 16, 3, 1, he(72)),
        ("Relu",),
        ("AvgPool2D", 2, 0),
        ("Reshape", (-1, 784)),
        ("Linear", 784, 256, he(784)),
        ("Relu",),
        ("Linear", 256, 10, he(256)),
    )


class Perceptron(_Experiment):
    """The multi-layer perceptron of the homework before."""

    plan = (
        ("Reshape", (-1, 784)),
        ("Linear", 784, 128, 0.03),
        ("Relu",),
        ("Linear", 128, 64, 0.03),
        ("Relu",),
        ("Linear", 64, 10, 0.03),
    )


def _pixels(x: Array) -> Array:
    """(N, 28, 28) to (N, 1, 28, 28), as ``load_mnist_4d`` has them."""
    return (x[:, None].astype(np.float64) - 128.0) / 255.0
