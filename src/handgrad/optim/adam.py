"""Adam, and AdamW with its weight decay kept out of the moments."""

import math
from dataclasses import dataclass

import numpy as np

from handgrad._typing import Array
from handgrad.optim import _check
from handgrad.optim.optimizer import Optimizer


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: steps whose size adapts to each parameter's gradients; as `torch.optim.Adam`.

        g ← gradient + weight_decay w
        m ← β₁ m + (1 − β₁) g                   exp_avg, from 0
        v ← β₂ v + (1 − β₂) g²                  exp_avg_sq, from 0
        w ← w − lr m̂ / (√v̂ + eps)               m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ),  t = 1, 2, …

    With `amsgrad`, the largest v so far stands in the place of v in the last line.

    Arguments:
        lr: the learning rate.
        betas: β₁ and β₂, each in [0, 1).
        eps: keeps the denominator away from 0.
        weight_decay: the L2 penalty: adds weight_decay × w to the gradient.
        amsgrad: divide by the largest v so far.
        decay_bias: whether weight decay applies to biases too.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Source: D. P. Kingma and J. Ba, Adam: a method for stochastic optimization (2015);
    S. J. Reddi et al., On the convergence of Adam and beyond (2018).

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, optimizer = {"w": Parameter(np.array([1.0, -1.0]))}, Adam(lr=0.25)
        >>> optimizer.step(parameters, {"w": np.array([8.0, -0.01])}, optimizer.init(parameters))
        >>> parameters["w"].value.round(4)                  # the first step is lr long, whatever g
        array([ 0.75, -0.75])
    """

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    amsgrad: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _check.two_shares(self, "betas", hint="(0.9, 0.999) is the usual pair")
        _check.number(self, "eps", "(0, inf)", hint="1e-8 is the usual value")
        _check.number(self, "weight_decay", "[0, inf)", hint="0 means none")
        _check.flag(self, "amsgrad")

    def _slots(self) -> dict[str, float]:
        slots = {"exp_avg": 0.0, "exp_avg_sq": 0.0}
        return {**slots, "max_exp_avg_sq": 0.0} if self.amsgrad else slots

    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, step: int, decays: bool
    ) -> None:
        if decays and self.weight_decay:
            gradient = gradient + self.weight_decay * value
        beta1, beta2 = self.betas
        m, v = slots["exp_avg"], slots["exp_avg_sq"]
        m += (1 - beta1) * (gradient - m)
        v += (1 - beta2) * (np.square(gradient) - v)
        if self.amsgrad:
            v = np.maximum(slots["max_exp_avg_sq"], v, out=slots["max_exp_avg_sq"])
        denominator = np.sqrt(v)
        denominator /= math.sqrt(1 - beta2**step)
        denominator += self.eps
        value -= lr / (1 - beta1**step) * (m / denominator)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay; as `torch.optim.AdamW`.

        w ← w − lr weight_decay w               and then Adam's step, whose g is the gradient alone

    Arguments:
        lr: the learning rate.
        betas: β₁ and β₂, each in [0, 1).
        eps: keeps the denominator away from 0.
        weight_decay: the share of w, times lr, that is taken off at each step.
        amsgrad: divide by the largest v so far.
        decay_bias: whether weight decay applies to biases too.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Source: I. Loshchilov and F. Hutter, Decoupled weight decay regularization (2019).

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, optimizer = {"w": Parameter(np.array([8.0]))}, AdamW(lr=0.5, weight_decay=0.25)
        >>> optimizer.step(parameters, {"w": np.array([0.0])}, optimizer.init(parameters))
        >>> parameters["w"].value
        array([7.])
    """

    weight_decay: float = 1e-2

    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, step: int, decays: bool
    ) -> None:
        if decays:
            value *= 1 - lr * self.weight_decay
        super()._update(value, gradient, slots, lr, step, decays=False)
