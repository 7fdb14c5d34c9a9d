"""Where a NaN or an infinity came from: the first layer whose output or gradient has one."""

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.engine.own import loss_backward, loss_forward
from handgrad.errors import NonFiniteError
from handgrad.loss import Loss
from handgrad.nn import Sequential
from handgrad.nn.layer import Gradients

HINT = "try a lower learning rate or gradient clipping, and look at the first values of the weights"


def all_finite(array: Array) -> bool:
    """Whether there is neither a NaN nor an infinity in an array."""
    return bool(np.isfinite(array).all())


def explain(
    network: Sequential, loss: Loss, x: Array, targets: AnyArray, rng: np.random.Generator, step: int
) -> NonFiniteError:
    """Run a step that went wrong once more, layer by layer, and say which went first.

    Arguments:
        network, loss: as they were when it went wrong.
        x, targets: the batch.
        rng: in the state that it had at the start of the step.
        step: the number of the step, for the message.
    """
    where = f"step {step}"
    if not all_finite(x):
        image = next(number for number, image in enumerate(x) if not all_finite(image))
        return NonFiniteError(
            where,
            expected="finite inputs",
            got=f"a NaN or an infinity in image {image} of the batch",
            hint="look at the data and their normalisation",
        )
    y, caches = x, []
    for position, (output, cache) in enumerate(network.walk(x, training=True, rng=rng)):
        if not all_finite(output):
            return _failed(where, f"the activations of {network.describe(position)}")
        caches.append((y.shape, cache))
        y = output
    value, loss_cache = loss_forward(loss, y, targets)
    if not np.isfinite(value):
        return _failed(where, "the loss, of finite activations")
    dy = loss_backward(loss, loss_cache, y.shape)
    if not all_finite(dy):
        return _failed(where, "the gradient of the loss")
    for position in reversed(range(len(network))):
        dy, own = network.layer_backward(position, dy, caches[position])
        bad = [name for name, gradient in own.items() if not all_finite(gradient)]
        if bad or not all_finite(dy):
            return _failed(where, f"the gradient of {bad[0] if bad else 'x'} of {network.describe(position)}")
    return _failed(where, "something that a second run of the same step does not show")


def gradients_are_finite(gradients: Gradients) -> bool:
    """Whether no parameter's gradient has a NaN or an infinity."""
    return all(all_finite(gradient) for gradient in gradients.values())


def _failed(where: str, what: str) -> NonFiniteError:
    return NonFiniteError(where, expected="finite numbers", got=f"NaN or infinity first in {what}", hint=HINT)
