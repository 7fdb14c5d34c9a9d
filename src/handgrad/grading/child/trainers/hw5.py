"""hw5: the class ``nn_mnist_classifier``."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..trainer import Array, Load, Trainer, maps, member, number, two

FORWARD, RETURNS = "nn_mnist_classifier.forward(x, y, backprop_req={})", "scores and loss"


class Classifier(Trainer):
    """The classifier with its own momentum method; settings ``lr`` and ``momentum``."""

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        super().__init__(load, settings)
        classifier = member(load, "hw5", "nn_mnist_classifier")
        self.network = classifier(mmt_friction=settings["momentum"], lr=settings["lr"])

    def step(self, x: Array, y: Array) -> float:
        """Forward, `backprop`, `update_weights`."""
        result = self.network.forward(maps(x), y, backprop_req=True)
        _, loss = two(result, FORWARD.format(True), RETURNS)
        self.network.backprop()
        self.network.update_weights()
        return number(loss)

    def predict(self, x: Array) -> Array:
        """Scores; the labels that `forward` wants are all 0, as the true ones are not here."""
        nothing = np.zeros(len(x), np.int64)
        result = self.network.forward(maps(x), nothing, backprop_req=False)
        scores, _ = two(result, FORWARD.format(False), RETURNS)
        return np.asarray(scores)
