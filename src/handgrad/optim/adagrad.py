"""Adagrad."""

from dataclasses import dataclass

import numpy as np

from handgrad._typing import Array
from handgrad.optim import _check
from handgrad.optim.optimizer import Optimizer


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Adagrad: the gradient over the root of the sum of all its squares; as `torch.optim.Adagrad`.

        g ← gradient + weight_decay w
        s ← s + g²                              sum, from initial_accumulator_value
        w ← w − rate g / (√s + eps)             rate = lr / (1 + (t − 1) lr_decay),  t = 1, 2, …

    Arguments:
        lr: the learning rate.
        lr_decay: how fast the rate falls from step to step.
        weight_decay: the L2 penalty: adds weight_decay × w to the gradient.
        initial_accumulator_value: what s starts with.
        eps: keeps the denominator away from 0.
        decay_bias: whether weight decay applies to biases too.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Source: J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods (2011).

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, optimizer = {"w": Parameter(np.array([1.0]))}, Adagrad(lr=0.25)
        >>> state = optimizer.init(parameters)
        >>> for gradient in (3.0, 4.0):                     # 3 / √9, then 4 / √(9 + 16)
        ...     optimizer.step(parameters, {"w": np.array([gradient])}, state)
        >>> parameters["w"].value.round(4)
        array([0.55])
    """

    lr: float = 1e-2
    lr_decay: float = 0.0
    weight_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    eps: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        _check.number(self, "lr_decay", "[0, inf)", hint="0 means none")
        _check.number(self, "weight_decay", "[0, inf)", hint="0 means none")
        _check.number(self, "initial_accumulator_value", "[0, inf)", hint="0 is the usual value")
        _check.number(self, "eps", "(0, inf)", hint="1e-10 is the usual value")

    def _slots(self) -> dict[str, float]:
        return {"sum": self.initial_accumulator_value}

    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, step: int, decays: bool
    ) -> None:
        if decays and self.weight_decay:
            gradient = gradient + self.weight_decay * value
        total = slots["sum"]
        total += np.square(gradient)
        denominator = np.sqrt(total)
        denominator += self.eps
        value -= lr / (1 + (step - 1) * self.lr_decay) * (gradient / denominator)
