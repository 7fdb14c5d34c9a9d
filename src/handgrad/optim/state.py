"""What an optimizer or an average remembers between steps, as arrays that can be saved and loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import WeightsError

_NAMED_AT_MOST = 5  # entries in one error message


@dataclass(eq=False)
class OptimizerState:
    """The memory of one optimizer about one set of parameters.

    Made by `Optimizer.init`, changed by `Optimizer.step`.

    Arguments:
        step: how many steps have been made.
        slots: for each parameter's name, for each slot's name (PyTorch's: "momentum_buffer", "exp_avg"),
            an array of the parameter's shape and dtype.

    Example:
        >>> state = OptimizerState(3, {"0.weight": {"momentum_buffer": np.zeros(2)}})
        >>> sorted(state.to_arrays())
        ['0.weight/momentum_buffer', 'step']
    """

    step: int
    slots: dict[str, dict[str, Array]]

    def to_arrays(self) -> dict[str, AnyArray]:
        """A copy of everything in one flat dict: "0.weight/momentum_buffer" and so on, "step" (int64)."""
        arrays: dict[str, AnyArray] = {name: array.copy() for name, array in self._entries()}
        return {**arrays, "step": np.array(self.step, np.int64)}

    def load_arrays(self, arrays: Mapping[str, AnyArray]) -> None:
        """Take over what `to_arrays` returned, in place; nothing changes unless everything fits.

        Raises:
            WeightsError: entries are missing, too many, or of another shape or dtype.
        """
        self.step = _load_exactly("optimizer state", dict(self._entries()), "step", arrays)

    def _entries(self) -> Iterator[tuple[str, Array]]:
        for parameter, slots in self.slots.items():
            for slot, array in slots.items():
                yield f"{parameter}/{slot}", array


@dataclass(eq=False)
class AverageState:
    """Averaged parameters, and how many updates they have seen.

    Made by the `init` of `ExponentialMovingAverage` or `StochasticWeightAverage`.

    Arguments:
        updates: how often `update` was called.
        averages: for each parameter's name, an array of its shape and dtype.

    Example:
        >>> sorted(AverageState(0, {"0.weight": np.zeros(2)}).to_arrays())
        ['0.weight/average', 'updates']
    """

    updates: int
    averages: dict[str, Array]

    def to_arrays(self) -> dict[str, AnyArray]:
        """A copy of everything in one flat dict: "0.weight/average" and so on, "updates" (int64)."""
        arrays: dict[str, AnyArray] = {name: array.copy() for name, array in self._entries()}
        return {**arrays, "updates": np.array(self.updates, np.int64)}

    def load_arrays(self, arrays: Mapping[str, AnyArray]) -> None:
        """Take over what `to_arrays` returned, in place; nothing changes unless everything fits.

        Raises:
            WeightsError: entries are missing, too many, or of another shape or dtype.
        """
        self.updates = _load_exactly("weight average", dict(self._entries()), "updates", arrays)

    def _entries(self) -> Iterator[tuple[str, Array]]:
        for parameter, average in self.averages.items():
            yield f"{parameter}/average", average


def _load_exactly(
    where: str, own: Mapping[str, AnyArray], counter: str, arrays: Mapping[str, AnyArray]
) -> int:
    """Copy `arrays` into the arrays of `own`, name by name, and return the counter that lies beside them."""
    wanted = {**own, counter: np.array(0, np.int64)}
    problems = [f"{name} missing" for name in wanted if name not in arrays]
    problems += [f"{name} not known here" for name in arrays if name not in wanted]
    for name in wanted.keys() & arrays.keys():
        found, expected = np.asarray(arrays[name]), wanted[name]
        if (found.shape, found.dtype) != (expected.shape, expected.dtype):
            problems.append(f"{name} {found.dtype}{found.shape}, not {expected.dtype}{expected.shape}")
        elif name == counter and found < 0:
            problems.append(f"{name} {found}, below 0")
    if problems:
        raise WeightsError(
            where,
            expected=f"exactly its own {len(wanted)} entries",
            got=_list(sorted(problems)),
            hint="load a state that was saved with the same network, dtype and optimizer",
        )
    for name, array in own.items():
        array[...] = arrays[name]
    return int(arrays[counter])


def _list(problems: list[str]) -> str:
    named, more = problems[:_NAMED_AT_MOST], len(problems) - _NAMED_AT_MOST
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")
