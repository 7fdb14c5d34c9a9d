"""cs5242: the network ``MNISTNet`` with Adam, cross-entropy and an L2 penalty."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..trainer import CLASSES, Array, Load, Trainer, maps, member, number, two


class MNISTNet(Trainer):
    """The steps of ``Model.train``, one at a time; settings ``lr``, ``halve_every`` (iterations) and ``l2``.

    The layers are driven from here, so that a submission's layers, losses and optimizers count, whatever
    was done to ``Model``.
    """

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        super().__init__(load, settings)
        self.layers = list(member(load, "applications", "MNISTNet")().layers)
        self.loss = member(load, "loss", "SoftmaxCrossEntropy")(num_class=CLASSES)
        self.penalty = member(load, "loss", "L2")(w=settings["l2"])
        self.iteration = 0
        self._set_mode(True)

        def halving(lr: float, iteration: int) -> float:
            return lr * 0.5 if iteration % settings["halve_every"] == 0 else lr

        self.optimizer = member(load, "optimizers", "Adam")(
            lr=settings["lr"],
            decay=0,
            sheduler_func=halving,  # the document's own spelling
        )

    def step(self, x: Array, y: Array) -> float:
        """Forward, backward, update."""
        inputs = self._forward(x)
        result = self.loss.forward(inputs[-1], y)
        loss, _ = two(result, "SoftmaxCrossEntropy.forward(inputs, targets)", "loss and probabilities")
        grads = self.loss.backward(inputs[-1], y)
        for layer, seen in zip(reversed(self.layers), reversed(inputs[:-1]), strict=True):
            grads = layer.backward(grads, seen)
        self._update()
        self.iteration += 1
        return number(loss)

    def predict(self, x: Array) -> Array:
        """Scores before the softmax, with every layer in testing mode."""
        self._set_mode(False)
        scores = self._forward(x)[-1]
        self._set_mode(True)
        return np.asarray(scores)

    def _forward(self, x: Array) -> list[Array]:
        """What each layer is given, and what the last one returns."""
        inputs = [maps(x)]
        for layer in self.layers:
            inputs.append(layer.forward(inputs[-1]))
        return inputs

    def _set_mode(self, training: bool) -> None:
        for layer in self.layers:
            layer.set_mode(training)

    def _update(self) -> None:
        params: dict[str, Array] = {}
        grads: dict[str, Array] = {}
        learning = {f"layer-{place}th": layer for place, layer in enumerate(self.layers) if layer.trainable}
        for prefix, layer in learning.items():
            own = two(layer.get_params(prefix), f"{layer.name}.get_params(prefix)", "params and grads")
            params.update(own[0])
            grads.update(own[1])
        penalty = self.penalty.backward(params)
        grads = {name: grad + penalty[name] for name, grad in grads.items()}
        new = self.optimizer.update(params, grads, self.iteration)
        for prefix, layer in learning.items():
            layer.update({name: value for name, value in new.items() if name.startswith(f"{prefix}:")})
