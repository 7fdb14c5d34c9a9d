"""Learning rates that change during training, each a closed form of the step."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from handgrad.errors import ArgumentError
from handgrad.optim import _check


@dataclass(frozen=True)
class Schedule(ABC):
    """The base of all schedules: `schedule(step, base_lr, total_steps)` is the learning rate of a step.

    The unit is the optimizer step, not the epoch, and the first step is step 0. A schedule remembers
    nothing, so a resumed run needs no more than its step. No schedule at all (None) keeps the rate.

    Example:
        >>> @dataclass(frozen=True)
        ... class Halfway(Schedule):
        ...     def _rate(self, step, base_lr, total_steps):
        ...         return base_lr if 2 * step < total_steps else base_lr / 10
        >>> [Halfway()(step, 1.0, total_steps=4) for step in range(4)]
        [1.0, 1.0, 0.1, 0.1]
    """

    def __call__(self, step: int, base_lr: float, total_steps: int | None = None) -> float:
        """The learning rate of one step.

        Arguments:
            step: 0 for the first step of the run.
            base_lr: the optimizer's own learning rate.
            total_steps: how many steps the run will make; some schedules need it.

        Returns:
            The rate, 0 or above.

        Raises:
            ArgumentError: the step is below 0, `total_steps` is missing where it is needed, or the
                result is no rate (below 0, infinite, NaN).
        """
        name = type(self).__name__
        if step < 0:
            raise ArgumentError(name, expected="a step of at least 0", got=str(step), hint="count from 0")
        try:
            rate = float(self._rate(step, base_lr, total_steps))
        except OverflowError:
            rate = math.inf
        if not 0 <= rate < math.inf:
            raise ArgumentError(
                name,
                expected=f"a learning rate in [0, inf) at step {step}",
                got=str(rate),
                hint=f"the rate that it starts from is {base_lr}; change the schedule's own settings",
            )
        return rate

    @abstractmethod
    def _rate(self, step: int, base_lr: float, total_steps: int | None) -> float:
        """The formula."""

    def _length(self, own: int | None, total_steps: int | None, field: str) -> int:
        """The schedule's own length where it has one, else the run's."""
        length = total_steps if own is None else own
        if length is None or length < 1:
            raise ArgumentError(
                type(self).__name__,
                expected="the number of steps of the run, at least 1",
                got=str(length),
                hint=f"fit tells it; elsewhere pass total_steps, or set {field}",
            )
        return length


@dataclass(frozen=True)
class ConstantLR(Schedule):
    """A smaller constant rate for the first steps; as `torch.optim.lr_scheduler.ConstantLR`.

        lr = base_lr × factor while step < total_iters, then base_lr

    To keep the rate as it is, use no schedule at all.

    Arguments:
        factor: in [0, 1].
        total_iters: how many steps the smaller rate lasts.

    Example:
        >>> [ConstantLR(factor=0.5, total_iters=2)(step, 0.1) for step in range(4)]
        [0.05, 0.05, 0.1, 0.1]
    """

    factor: float = 1.0 / 3
    total_iters: int = 5

    def __post_init__(self) -> None:
        _check.number(self, "factor", "[0, 1]", hint="to keep the rate as it is, use no schedule")
        _check.whole(self, "total_iters", at_least=0, hint="it counts steps")

    def _rate(self, step: int, base_lr: float, _total_steps: int | None) -> float:
        return base_lr * self.factor if step < self.total_iters else base_lr


@dataclass(frozen=True)
class StepLR(Schedule):
    """A rate that falls by a factor every `step_size` steps; as `torch.optim.lr_scheduler.StepLR`.

        lr = base_lr × gamma^⌊step / step_size⌋

    Arguments:
        step_size: how many steps each rate lasts.
        gamma: the factor.

    Example:
        >>> [StepLR(2, gamma=0.5)(step, 0.1) for step in range(5)]
        [0.1, 0.1, 0.05, 0.05, 0.025]
    """

    step_size: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        _check.whole(self, "step_size", at_least=1, hint="it counts steps, not epochs")
        _check.number(self, "gamma", "[0, inf)", hint="0.1 is the usual value")

    def _rate(self, step: int, base_lr: float, _total_steps: int | None) -> float:
        return base_lr * self.gamma ** (step // self.step_size)


@dataclass(frozen=True)
class ExponentialLR(Schedule):
    """A rate that falls by a factor at every step; as `torch.optim.lr_scheduler.ExponentialLR`.

        lr = base_lr × gamma^step

    Arguments:
        gamma: the factor; it acts once a step, so 0.999 is already fast.

    Example:
        >>> [ExponentialLR(0.5)(step, 0.1) for step in range(3)]
        [0.1, 0.05, 0.025]
    """

    gamma: float

    def __post_init__(self) -> None:
        _check.number(self, "gamma", "[0, inf)", hint="choose a number slightly below 1")

    def _rate(self, step: int, base_lr: float, _total_steps: int | None) -> float:
        return base_lr * self.gamma**step


@dataclass(frozen=True)
class InverseDecayLR(Schedule):
    """A rate that falls as a power of the step: Caffe's "inv", which trained its LeNet.

        lr = base_lr / (1 + gamma step)^power

    Arguments:
        gamma: how soon it falls; after 1 / gamma steps the bracket is 2.
        power: how steeply.

    Example:
        >>> InverseDecayLR(gamma=0.25, power=2)(4, 0.1)
        0.025
    """

    gamma: float
    power: float

    def __post_init__(self) -> None:
        _check.number(self, "gamma", "[0, inf)", hint="LeNet's is 0.0001")
        _check.number(self, "power", "[0, inf)", hint="LeNet's is 0.75")

    def _rate(self, step: int, base_lr: float, _total_steps: int | None) -> float:
        return base_lr * math.pow(1 + self.gamma * step, -self.power)


@dataclass(frozen=True)
class CosineAnnealingLR(Schedule):
    """A rate that falls along half a cosine; as `torch.optim.lr_scheduler.CosineAnnealingLR`.

        lr = eta_min + (base_lr − eta_min) (1 + cos(π step / T_max)) / 2

    Past T_max it rises again, as PyTorch's does.

    Arguments:
        T_max: the step at which the rate has fallen to `eta_min`; None: the end of the run.
        eta_min: the lowest rate.

    Source: I. Loshchilov and F. Hutter, SGDR: stochastic gradient descent with warm restarts (2017).

    Example:
        >>> [round(CosineAnnealingLR()(step, 0.1, total_steps=4), 4) for step in range(4)]
        [0.1, 0.0854, 0.05, 0.0146]
    """

    T_max: int | None = None
    eta_min: float = 0.0

    def __post_init__(self) -> None:
        if self.T_max is not None:
            _check.whole(self, "T_max", at_least=1, hint="it counts steps; None stands for the whole run")
        _check.number(self, "eta_min", "[0, inf)", hint="0 is the usual value")

    def _rate(self, step: int, base_lr: float, total_steps: int | None) -> float:
        half_period = self._length(self.T_max, total_steps, "T_max")
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * step / half_period)) / 2


@dataclass(frozen=True)
class LambdaLR(Schedule):
    """A rate that your own function scales; as `torch.optim.lr_scheduler.LambdaLR`.

        lr = base_lr × lr_lambda(step)

    Arguments:
        lr_lambda: takes the step, returns the factor.

    Example:
        >>> [LambdaLR(lambda step: 1 / (1 + step))(step, 0.1) for step in (0, 1, 3)]
        [0.1, 0.05, 0.025]
    """

    lr_lambda: Callable[[int], float]

    def __post_init__(self) -> None:
        if not callable(self.lr_lambda):
            raise ArgumentError(
                "LambdaLR",
                expected="lr_lambda as a function of the step",
                got=repr(self.lr_lambda),
                hint="write lambda step: 0.95 ** step, for instance",
            )

    def _rate(self, step: int, base_lr: float, _total_steps: int | None) -> float:
        return base_lr * self.lr_lambda(step)
