"""`optimizers` of the course: updates of dictionaries, by the rules of `handgrad.optim`."""

from collections.abc import Callable, Mapping

import numpy as np

from handgrad import optim
from handgrad._typing import Array
from handgrad.errors import ArgumentError
from handgrad.nn.parameter import Parameter
from handgrad.optim.state import OptimizerState

__all__ = ["SGD", "Adagrad", "Adam", "Optimizer", "RMSprop"]

Scheduler = Callable[[float, int], float]
"""From the rate of the step before, and the iteration from 0, to a new rate."""

DEFAULT_EPSILON = 1e-8


class Optimizer:
    """The base of the optimizers.

    Arguments:
        lr: the first learning rate. It is changed for good before each update: divided by
            1 + decay · iteration, then handed to the scheduler.
        decay: the learning rate decay ratio.
        sheduler_func: the scheduler, in the course's spelling.
        scheduler_func: the same.

    Raises:
        ArgumentError: a scheduler under both spellings.
    """

    kept: Mapping[str, str] = {}
    """Which attribute, a dictionary by parameter, holds which slot of the library's optimizer."""

    def __init__(
        self,
        lr: float,
        decay: float = 0,
        sheduler_func: Scheduler | None = None,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        if sheduler_func is not None and scheduler_func is not None:
            raise ArgumentError(
                type(self).__name__,
                expected="sheduler_func or scheduler_func, which are one",
                got="both",
                hint="drop one of them",
            )
        self.lr = lr
        self.decay = decay
        self.sheduler_func = self.scheduler_func = sheduler_func or scheduler_func
        self.moments: dict[str, Array] | None = None
        self.accumulators: dict[str, Array] | None = None

    def update(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], iteration: int
    ) -> dict[str, Array]:
        """One step.

        Arguments:
            params: by name; they stay as they are.
            grads: their gradients, by the same names.
            iteration: from 0 over the whole training.

        Returns:
            the new parameters, by name.

        Raises:
            ArgumentError: a gradient is missing.
            ShapeError: a gradient has not its parameter's shape.
        """
        self._change_rate(iteration)
        rule = self._rule()
        parameters = {name: Parameter(np.asarray(value)) for name, value in params.items()}
        state = self._state(rule, parameters, iteration)
        rule.step(parameters, grads, state, lr=self.lr)
        return {name: parameter.value for name, parameter in parameters.items()}

    def _rule(self) -> optim.Optimizer:
        """The library's optimizer with these settings."""
        raise NotImplementedError(f"{type(self).__name__} does not define update(params, grads, iteration)")

    def _change_rate(self, iteration: int) -> None:
        if self.decay:
            self.lr *= 1 / (1 + self.decay * iteration)
        if self.scheduler_func:
            self.lr = self.scheduler_func(self.lr, iteration)

    def _state(
        self, rule: optim.Optimizer, parameters: Mapping[str, Parameter], iteration: int
    ) -> OptimizerState:
        """What is remembered, as the library wants it; begun where there is none. It changes in place."""
        state = rule.init(parameters)
        for slot, attribute in self.kept.items():
            memory = getattr(self, attribute)
            if memory is None:
                memory = {}
                setattr(self, attribute, memory)
            for name, slots in state.slots.items():
                if slot in slots:
                    slots[slot] = memory.setdefault(name, slots[slot])
        state.step = iteration
        return state


class SGD(Optimizer):
    """Mini-batch SGD with momentum: m = momentum · m + g, then w = w - lr · m.

    Arguments:
        lr: the first learning rate.
        momentum: the ratio of the moments.
        decay, sheduler_func, scheduler_func: as `Optimizer` has them.

    Example:
        >>> SGD(lr=0.5).update({"w": np.array([1.0])}, {"w": np.array([1.0])}, iteration=0)
        {'w': array([0.5])}
    """

    kept: Mapping[str, str] = {"momentum_buffer": "moments"}

    def __init__(
        self,
        lr: float = 0.01,
        momentum: float = 0,
        decay: float = 0,
        sheduler_func: Scheduler | None = None,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        super().__init__(lr, decay, sheduler_func, scheduler_func)
        self.momentum = momentum

    def _rule(self) -> optim.Optimizer:
        return optim.SGD(lr=self.lr, momentum=self.momentum)


class Adam(Optimizer):
    """Adam with bias correction; the correction's power is iteration + 1.

    Arguments:
        lr: the first learning rate.
        beta_1: the share of the first moment that is kept.
        beta_2: the share of the second.
        epsilon: keeps the denominator away from 0; None: 1e-8.
        decay, sheduler_func, scheduler_func: as `Optimizer` has them.

    Example:
        >>> new = Adam(lr=0.25).update({"w": np.array([1.0])}, {"w": np.array([8.0])}, iteration=0)
        >>> new["w"].round(4)
        array([0.75])
    """

    kept: Mapping[str, str] = {"exp_avg": "moments", "exp_avg_sq": "accumulators"}

    def __init__(
        self,
        lr: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = None,
        decay: float = 0,
        sheduler_func: Scheduler | None = None,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        super().__init__(lr, decay, sheduler_func, scheduler_func)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon = epsilon or DEFAULT_EPSILON

    def _rule(self) -> optim.Optimizer:
        return optim.Adam(lr=self.lr, betas=(self.beta_1, self.beta_2), eps=self.epsilon)


class RMSprop(Optimizer):
    """RMSprop: a = rho · a + (1 - rho) · g², then w = w - lr · g / (√a + epsilon).

    Arguments:
        lr: the first learning rate.
        rho: the share of the accumulated square that is kept.
        epsilon: keeps the denominator away from 0; None: 1e-8.
        decay, sheduler_func, scheduler_func: as `Optimizer` has them.

    Source: the notes that the document cites, cs231n.github.io/neural-networks-3.

    Example:
        >>> optimizer = RMSprop(lr=0.25, rho=0.75)
        >>> new = optimizer.update({"w": np.array([1.0])}, {"w": np.array([8.0])}, iteration=0)
        >>> new["w"].round(4)
        array([0.5])
    """

    kept: Mapping[str, str] = {"square_avg": "accumulators"}

    def __init__(
        self,
        lr: float = 0.001,
        rho: float = 0.9,
        epsilon: float | None = None,
        decay: float = 0,
        sheduler_func: Scheduler | None = None,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        super().__init__(lr, decay, sheduler_func, scheduler_func)
        self.rho = rho
        self.epsilon = epsilon or DEFAULT_EPSILON

    def _rule(self) -> optim.Optimizer:
        return optim.RMSprop(lr=self.lr, alpha=self.rho, eps=self.epsilon)


class Adagrad(Optimizer):
    """Adagrad: a = a + g², then w = w - lr · g / (√a + epsilon).

    Arguments:
        lr: the first learning rate.
        epsilon: keeps the denominator away from 0; None: 1e-8.
        decay, sheduler_func, scheduler_func: as `Optimizer` has them.

    Source: the notes that the document cites, cs231n.github.io/neural-networks-3.

    Example:
        >>> new = Adagrad(lr=0.25).update({"w": np.array([1.0])}, {"w": np.array([8.0])}, iteration=0)
        >>> new["w"].round(4)
        array([0.75])
    """

    kept: Mapping[str, str] = {"sum": "accumulators"}

    def __init__(
        self,
        lr: float = 0.01,
        epsilon: float | None = None,
        decay: float = 0,
        sheduler_func: Scheduler | None = None,
        scheduler_func: Scheduler | None = None,
    ) -> None:
        super().__init__(lr, decay, sheduler_func, scheduler_func)
        self.epsilon = epsilon or DEFAULT_EPSILON

    def _rule(self) -> optim.Optimizer:
        return optim.Adagrad(lr=self.lr, eps=self.epsilon)
