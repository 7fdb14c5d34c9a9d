"""RMSprop."""

from dataclasses import dataclass

import numpy as np

from handgrad._typing import Array
from handgrad.optim import _check
from handgrad.optim.optimizer import Optimizer


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop: the gradient over a moving root mean square of itself; as `torch.optim.RMSprop`.

        g ← gradient + weight_decay w
        s ← alpha s + (1 − alpha) g²            square_avg, from 0
        u = g / (√s + eps)
        w ← w − lr u                            or with momentum: b ← momentum b + u,  w ← w − lr b

    With `centered`, the variance s − a² stands in the place of s in u: a ← alpha a + (1 − alpha) g.

    Arguments:
        lr: the learning rate.
        alpha: the share of s that is kept from step to step, in [0, 1).
        eps: keeps the denominator away from 0.
        weight_decay: the L2 penalty: adds weight_decay × w to the gradient.
        momentum: the share of b that is kept from step to step, in [0, 1).
        centered: divide by the standard deviation of the gradient.
        decay_bias: whether weight decay applies to biases too.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Source: G. Hinton, Neural networks for machine learning, lecture 6 (2012);
    A. Graves, Generating sequences with recurrent neural networks (2013), for `centered`.

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, optimizer = {"w": Parameter(np.array([1.0, -1.0]))}, RMSprop(lr=0.25, alpha=0.75)
        >>> optimizer.step(parameters, {"w": np.array([8.0, -0.01])}, optimizer.init(parameters))
        >>> parameters["w"].value.round(4)                  # √s = 0.5 |g|
        array([ 0.5, -0.5])
    """

    lr: float = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0
    momentum: float = 0.0
    centered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _check.number(self, "alpha", "[0, 1)", hint="0.99 is the usual value")
        _check.number(self, "eps", "(0, inf)", hint="1e-8 is the usual value")
        _check.number(self, "weight_decay", "[0, inf)", hint="0 means none")
        _check.number(self, "momentum", "[0, 1)", hint="0 means none")
        _check.flag(self, "centered")

    def _slots(self) -> dict[str, float]:
        used = {"square_avg": True, "grad_avg": self.centered, "momentum_buffer": self.momentum > 0}
        return {slot: 0.0 for slot, is_used in used.items() if is_used}

    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, _step: int, decays: bool
    ) -> None:
        if decays and self.weight_decay:
            gradient = gradient + self.weight_decay * value
        mean_square = slots["square_avg"]
        mean_square += (1 - self.alpha) * (np.square(gradient) - mean_square)
        if self.centered:
            mean = slots["grad_avg"]
            mean += (1 - self.alpha) * (gradient - mean)
            # rounding can bring the variance of a steady gradient below 0, where the root is NaN
            square: Array = np.maximum(mean_square - np.square(mean), 0)
        else:
            square = mean_square
        move: Array = gradient / (np.sqrt(square) + self.eps)
        if self.momentum:
            buffer = slots["momentum_buffer"]
            buffer *= self.momentum
            buffer += move
            move = buffer
        value -= lr * move
