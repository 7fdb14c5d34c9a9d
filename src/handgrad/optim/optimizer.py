"""What all optimizers share: a frozen configuration, a state that lives elsewhere, one step."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ArgumentError, ShapeError
from handgrad.optim import _check
from handgrad.optim.state import OptimizerState

if TYPE_CHECKING:
    from handgrad.nn.parameter import Parameter


@dataclass(frozen=True)
class Optimizer(ABC):
    """The base of `SGD`, `Adam`, `AdamW`, `RMSprop` and `Adagrad`, and of your own.

    A subclass is a frozen dataclass that writes two methods: `_slots`, what it remembers about a
    parameter, and `_update`, its formula.

    Arguments:
        lr: the learning rate, where `step` is not told another.
        decay_bias: whether weight decay applies to biases too; PyTorch's does.
        bias_lr_multiplier: how many times faster biases learn than weights.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> @dataclass(frozen=True)
        ... class SignDescent(Optimizer):
        ...     def _slots(self):
        ...         return {}
        ...     def _update(self, value, gradient, slots, lr, step, decays):
        ...         value -= lr * np.sign(gradient)
        >>> parameters, optimizer = {"w": Parameter(np.array([1.0, 1.0]))}, SignDescent(lr=0.25)
        >>> optimizer.step(parameters, {"w": np.array([3.0, -3.0])}, optimizer.init(parameters))
        >>> parameters["w"].value
        array([0.75, 1.25])
    """

    lr: float
    decay_bias: bool = field(default=True, kw_only=True)
    bias_lr_multiplier: float = field(default=1.0, kw_only=True)

    def __post_init__(self) -> None:
        _check.number(self, "lr", "[0, inf)", hint="a learning rate is a small number such as 0.01")
        _check.flag(self, "decay_bias")
        _check.number(self, "bias_lr_multiplier", "[0, inf)", hint="1 lets biases learn as fast as weights")

    def init(self, parameters: Mapping[str, Parameter]) -> OptimizerState:
        """The state before the first step.

        Arguments:
            parameters: what is to be trained, by name.

        Returns:
            A new state: step 0, and fresh slots of each parameter's shape and dtype.
        """
        return OptimizerState(
            0,
            {
                name: {
                    slot: np.full(parameter.value.shape, start, parameter.value.dtype)
                    for slot, start in self._slots().items()
                }
                for name, parameter in parameters.items()
            },
        )

    def step(
        self,
        parameters: Mapping[str, Parameter],
        gradients: Mapping[str, Array],
        state: OptimizerState,
        *,
        lr: float | None = None,
    ) -> None:
        """Update the values of `parameters`, and `state`, in place; the gradients stay as they are.

        Arguments:
            parameters: what is to be changed, by name; leave out what is frozen.
            gradients: for each of them, the gradient of the loss, of the parameter's shape. It is
                used in the parameter's dtype.
            state: from `init`; all its arrays are updated, and its `step` counts this one.
            lr: the learning rate of this step (a schedule's), instead of the optimizer's own.

        Raises:
            ArgumentError: a gradient is missing, the state is another's, a parameter is read-only, or `lr` is
                no rate.
            ShapeError: a gradient has not its parameter's shape.
        """
        lr = self.rate(lr)
        self.check_writable(parameters)
        ready = self.ready(parameters, gradients, state)  # all checks come before the first change
        state.step += 1
        for name, parameter in parameters.items():
            self._update(
                parameter.value,
                ready[name],
                state.slots[name],
                lr * self.bias_lr_multiplier if parameter.is_bias else lr,
                state.step,
                self.decay_bias or not parameter.is_bias,
            )

    @abstractmethod
    def _slots(self) -> dict[str, float]:
        """The name of each array that is kept for a parameter, and the number that it starts with."""

    @abstractmethod
    def _update(
        self, value: Array, gradient: Array, slots: dict[str, Array], lr: float, step: int, decays: bool
    ) -> None:
        """Change `value` and `slots` in place. `step` counts from 1; `decays`: weight decay applies."""

    def rate(self, lr: float | None) -> float:
        """The learning rate of a step: that given, else the optimizer's own.

        Raises:
            ArgumentError: it is no rate.
        """
        rate = self.lr if lr is None else float(lr)
        if not 0 <= rate < math.inf:
            raise ArgumentError(
                f"{type(self).__name__}.step",
                expected="lr in [0, inf)",
                got=str(rate),
                hint="look at what the schedule returns at this step",
            )
        return rate

    def check_writable(self, parameters: Mapping[str, Parameter]) -> None:
        """Refuse parameters that somebody has locked.

        Raises:
            ArgumentError: the array of one is read-only.
        """
        for name, parameter in parameters.items():
            if not parameter.value.flags.writeable:
                raise ArgumentError(
                    f"{type(self).__name__}.step",
                    expected=f"{name} to be an array that may be written to",
                    got="a read-only one",
                    hint="set its value.flags.writeable = True",
                )

    def ready(
        self, parameters: Mapping[str, Parameter], gradients: Mapping[str, Array], state: OptimizerState
    ) -> dict[str, Array]:
        """The gradients in their parameters' dtypes, once everything is known to fit.

        Raises:
            ArgumentError, ShapeError: as `step` does.
        """
        where, ready = f"{type(self).__name__}.step", {}
        for name, parameter in parameters.items():
            value = parameter.value
            if name not in gradients:
                raise ArgumentError(
                    where,
                    expected=f"a gradient for {name}",
                    got="none",
                    hint="pass only the parameters that are to learn",
                )
            ready[name] = np.asarray(gradients[name], dtype=value.dtype)
            if ready[name].shape != value.shape:
                raise ShapeError(
                    where,
                    expected=f"a gradient of {name} of shape {value.shape}",
                    got=str(ready[name].shape),
                    hint="a gradient has the shape of its parameter",
                )
            slots = {slot: array.shape for slot, array in state.slots.get(name, {}).items()}
            if name not in state.slots or slots != dict.fromkeys(self._slots(), value.shape):
                raise ArgumentError(
                    where,
                    expected=f"a state that this optimizer made for {name} {value.shape}",
                    got=f"the slots {slots}" if name in state.slots else f"a state without {name}",
                    hint="use the state that its init(parameters) returned",
                )
        return ready
