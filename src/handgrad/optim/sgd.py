"""Stochastic gradient descent, with momentum as PyTorch and as each of the courses defines it."""

from dataclasses import dataclass, field
from typing import Literal

from handgrad._typing import Array
from handgrad.errors import ArgumentError
from handgrad.optim import _check
from handgrad.optim.optimizer import Optimizer

MomentumForm = Literal["torch", "rate_inside", "average"]


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent; all but the keyword-only arguments as `torch.optim.SGD` has them.

        g ← gradient + weight_decay w
        v ← momentum v + share g                v = 0 before the first step
        w ← w − lr v

    The literature means different things by v, and `momentum_form` says which:

    =================  =======================================  ============================
    ``"torch"``        share = 1 − dampening, at first 1        PyTorch, Sutskever
    ``"rate_inside"``  share = lr, and then w ← w − v           Caffe, Polyak
    ``"average"``      share = 1 − momentum                     a moving average of gradients
    =================  =======================================  ============================

    While the rate stays the same, the first two walk the same path (without dampening), and so does the
    third with a rate of lr / (1 − momentum). With `nesterov`, w ← w − lr (g + momentum v).
    Without momentum all are w ← w − lr g.

    Arguments:
        lr: the learning rate.
        momentum: the share of v that is kept from step to step, in [0, 1).
        dampening: the share of g that is kept out of v, in [0, 1]; form ``"torch"`` only.
        weight_decay: the L2 penalty: adds weight_decay × w to the gradient.
        nesterov: look ahead along v; form ``"torch"`` only, without dampening.
        momentum_form: ``"torch"``, ``"rate_inside"`` or ``"average"``.
        decay_bias: whether weight decay applies to biases too.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: a value, or a combination of values, that makes no sense.

    Source: B. T. Polyak, Some methods of speeding up the convergence of iteration methods (1964);
    I. Sutskever et al., On the importance of initialization and momentum in deep learning (2013).

    Example:
        >>> import numpy as np
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, optimizer = {"w": Parameter(np.array([1.0, -1.0]))}, SGD(lr=0.5, momentum=0.5)
        >>> state = optimizer.init(parameters)
        >>> for _ in range(2):                              # v = 1, then 0.5 × 1 + 1
        ...     optimizer.step(parameters, {"w": np.array([1.0, 1.0])}, state)
        >>> parameters["w"].value
        array([-0.25, -2.25])
    """

    lr: float = 1e-3
    momentum: float = 0.0
    dampening: float = 0.0
    weight_decay: float = 0.0
    nesterov: bool = False
    momentum_form: MomentumForm = field(default="torch", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check.number(self, "momentum", "[0, 1)", hint="0.9 is the usual value, 0 means none")
        _check.number(self, "dampening", "[0, 1]", hint="0 means none")
        _check.number(self, "weight_decay", "[0, inf)", hint="0 means none, 0.0005 is a common value")
        _check.flag(self, "nesterov")
        _check.choice(
            self, "momentum_form", ("torch", "rate_inside", "average"), hint="the docstring has the formulas"
        )
        self._check_combination()

    def _check_combination(self) -> None:
        if self.nesterov and not (self.momentum and not self.dampening):
            raise ArgumentError(
                "SGD",
                expected="nesterov with a momentum and without dampening",
                got=f"momentum={self.momentum}, dampening={self.dampening}",
                hint="set momentum=0.9 and dampening=0, or nesterov=False",
            )
        if self.momentum_form != "torch" and (self.nesterov or self.dampening):
            raise ArgumentError(
                "SGD",
                expected=f"neither nesterov nor dampening with momentum_form={self.momentum_form!r}",
                got=f"nesterov={self.nesterov}, dampening={self.dampening}",
                hint='use momentum_form="torch" with them',
            )

    def _slots(self) -> dict[str, float]:
        return {"momentum_buffer": 0.0} if self.momentum else {}

    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, step: int, decays: bool
    ) -> None:
        if decays and self.weight_decay:
            gradient = gradient + self.weight_decay * value
        if not self.momentum:
            value -= lr * gradient
            return
        velocity = slots["momentum_buffer"]
        velocity *= self.momentum
        velocity += self.gradient_share(lr, step) * gradient
        if self.momentum_form == "rate_inside":
            value -= velocity
        elif self.nesterov:
            value -= lr * (gradient + self.momentum * velocity)
        else:
            value -= lr * velocity

    def gradient_share(self, lr: float, step: int) -> float:
        """How much of a gradient enters the velocity."""
        if self.momentum_form == "rate_inside":
            return lr
        if self.momentum_form == "average":
            return 1 - self.momentum
        return 1.0 if step == 1 else 1 - self.dampening
