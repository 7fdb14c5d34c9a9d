"""Averages of the weights over the steps of training, which often predict better than the last weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from handgrad.errors import ArgumentError
from handgrad.optim import _check
from handgrad.optim.state import AverageState

if TYPE_CHECKING:
    from handgrad.nn.parameter import Parameter


@dataclass(frozen=True)
class WeightAverage(ABC):
    """The base of both averages: average ← average + share (value − average), with a share of their own.

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, average = {"w": Parameter(np.array([2.0]))}, StochasticWeightAverage()
        >>> state = average.init(parameters)
        >>> average.update(parameters, state)
        >>> parameters["w"].value[:] = 4.0
        >>> average.update(parameters, state)
        >>> with average.averaged(parameters, state):
        ...     print(parameters["w"].value)
        [3.]
        >>> parameters["w"].value
        array([4.])
    """

    def init(self, parameters: Mapping[str, Parameter]) -> AverageState:
        """The state before the first update: copies of the values.

        Arguments:
            parameters: what is to be averaged, by name.
        """
        return AverageState(0, {name: parameter.value.copy() for name, parameter in parameters.items()})

    def update(self, parameters: Mapping[str, Parameter], state: AverageState) -> None:
        """Take the present values into the averages; call it once after each step.

        Arguments:
            parameters: those that `init` was given.
            state: from `init`; changed in place.

        Raises:
            ArgumentError: the state belongs to other parameters.
        """
        self.check_fit(parameters, state)
        state.updates += 1
        share = self.share(state.updates)
        for name, average in state.averages.items():
            if share == 1:
                average[...] = parameters[name].value
            elif share > 0:
                average += share * (parameters[name].value - average)

    @contextmanager
    def averaged(self, parameters: Mapping[str, Parameter], state: AverageState) -> Iterator[None]:
        """Within the `with` block the parameters have their averaged values; after it, their own again.

        The values are exchanged inside the parameters' own arrays, and come back bit for bit, also when
        the block raises. What the block itself writes into the parameters is lost.

        Arguments:
            parameters: those that `init` was given.
            state: from `init`.

        Raises:
            ArgumentError: the state belongs to other parameters.
        """
        self.check_fit(parameters, state)
        own = {name: parameter.value.copy() for name, parameter in parameters.items()}
        try:
            for name, parameter in parameters.items():
                parameter.value[...] = state.averages[name]
            yield
        finally:
            for name, parameter in parameters.items():
                parameter.value[...] = own[name]

    @abstractmethod
    def share(self, update: int) -> float:
        """How much of the present values goes into the averages at this update, counted from 1."""

    def check_fit(self, parameters: Mapping[str, Parameter], state: AverageState) -> None:
        """Refuse a state that belongs to other parameters.

        Raises:
            ArgumentError: it does.
        """
        own = {name: average.shape for name, average in state.averages.items()}
        given = {name: np.shape(parameter.value) for name, parameter in parameters.items()}
        if own != given:
            name = min(name for name in own.keys() | given.keys() if own.get(name) != given.get(name))
            raise ArgumentError(
                type(self).__name__,
                expected=f"parameters like those of the state, whose {name} is {own.get(name, 'missing')}",
                got=f"{name} as {given.get(name, 'missing')}",
                hint="use the state that init(parameters) returned for the same network",
            )


@dataclass(frozen=True)
class ExponentialMovingAverage(WeightAverage):
    """A moving average with a fixed memory; as PyTorch's `AveragedModel` with `get_ema_multi_avg_fn`.

        first update: average ← w,   then average ← decay average + (1 − decay) w

    Arguments:
        decay: the share of the average that is kept; it looks back over about 1 / (1 − decay) updates.

    Raises:
        ArgumentError: `decay` is not in [0, 1].

    Source: B. T. Polyak and A. B. Juditsky, Acceleration of stochastic approximation by averaging (1992).

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, average = {"w": Parameter(np.array([1.0]))}, ExponentialMovingAverage(decay=0.75)
        >>> state = average.init(parameters)
        >>> for value in (1.0, 5.0):
        ...     parameters["w"].value[:] = value
        ...     average.update(parameters, state)
        >>> state.averages["w"]
        array([2.])
    """

    decay: float = 0.999

    def __post_init__(self) -> None:
        _check.number(self, "decay", "[0, 1]", hint="0.999 is the usual value")

    def share(self, update: int) -> float:
        """All of the first, then 1 − decay."""
        return 1.0 if update == 1 else 1 - self.decay


@dataclass(frozen=True)
class StochasticWeightAverage(WeightAverage):
    """The plain mean of the weights, from some update on; as PyTorch's `AveragedModel` with its default.

        average ← average + (w − average) / (n + 1)       n: how many are in the average already

    Before the average has begun it is the present weights.

    Arguments:
        start: how many updates pass before the average begins.
        every: of the updates after that, the first goes in, and then every `every`-th.

    Raises:
        ArgumentError: `start` below 0, or `every` below 1.

    Source: P. Izmailov et al., Averaging weights leads to wider optima and better generalization (2018).

    Example:
        >>> from handgrad.nn.parameter import Parameter
        >>> parameters, average = {"w": Parameter(np.array([0.0]))}, StochasticWeightAverage(start=1, every=2)
        >>> state = average.init(parameters)
        >>> for value in (9.0, 1.0, 8.0, 3.0):              # 1 and 3 go in
        ...     parameters["w"].value[:] = value
        ...     average.update(parameters, state)
        >>> state.averages["w"]
        array([2.])
    """

    start: int = 0
    every: int = 1

    def __post_init__(self) -> None:
        _check.whole(self, "start", at_least=0, hint="it counts updates")
        _check.whole(self, "every", at_least=1, hint="1 takes every update")

    def share(self, update: int) -> float:
        """1 / (n + 1) for those that go in, 0 for those between; before the start all."""
        since = update - 1 - self.start
        if since < 0:
            return 1.0
        already, between = divmod(since, self.every)
        return 0.0 if between else 1 / (already + 1)
