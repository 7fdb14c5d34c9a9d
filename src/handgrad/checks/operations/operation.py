"""What the checks know of an operation: right answers, and cases that separate one mistake from another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case

Arrays = dict[str, AnyArray]
"""By what they are: "forward" the output, "dx", "dweight" ... the gradients."""

Expect = Callable[[Case, Mapping[str, AnyArray]], Arrays]
"""Right answers for a case; is also told what came out, for operations that draw random numbers."""


@dataclass(frozen=True)
class Operation:
    """One operation.

    Arguments:
        name: as in `handgrad.ops`.
        expect: the right answers.
        cases: the grid, small cases first.
        gradients: which array each gradient belongs to ("dx" to "x").
        mean: whether the result is a mean over the batch, whose gradient has the factor 1 / N.
        page: of docs/ops, where it is not the name.
        tolerance: of a relative error; looser where formulas with an epsilon differ.
        slopes: whether the gradients are those of Σ forward · dy, so that differences can check them.
    """

    name: str
    expect: Expect
    cases: Callable[[], Iterable[Case]]
    gradients: Mapping[str, str] = field(default_factory=lambda: {"dx": "x"})
    mean: bool = False
    page: str = ""
    tolerance: float = 1e-5
    slopes: bool = True

    @property
    def document(self) -> str:
        """Where its derivation is."""
        return f"docs/ops/{self.page or self.name}.md"


def scalar(value: float) -> AnyArray:
    """A loss as an array without axes."""
    return np.asarray(value, dtype=np.float64)
