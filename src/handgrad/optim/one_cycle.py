"""The one-cycle schedule."""

import math
from dataclasses import dataclass
from typing import Literal

from handgrad.errors import ArgumentError
from handgrad.optim import _check
from handgrad.optim.schedules import Schedule


@dataclass(frozen=True)
class OneCycleLR(Schedule):
    """One rise and one long fall of the rate; as `torch.optim.lr_scheduler.OneCycleLR`.

        initial = max_lr / div_factor,   minimum = initial / final_div_factor,   T = total_steps
        initial → max_lr until step pct_start T − 1, then → minimum until step T − 1

    With `three_phase`, the fall goes back to `initial` as slowly as the rise, and then to `minimum`.
    Only the learning rate cycles: PyTorch's twin is `OneCycleLR(..., cycle_momentum=False)`.
    The optimizer's own rate has no influence.

    Arguments:
        max_lr: the highest rate.
        total_steps: the length of the cycle; None: the length of the run.
        pct_start: the share of the cycle that rises, in [0, 1].
        anneal_strategy: ``"cos"`` or ``"linear"``: the shape of rise and fall.
        div_factor: how many times lower the first rate is than the highest.
        final_div_factor: how many times lower the last rate is than the first.
        three_phase: come back to the first rate before the last fall.

    Raises:
        ArgumentError: an option has a value that makes no sense; or, when it is called, the length is
            not known, or the step lies beyond it.

    Source: L. N. Smith and N. Topin, Super-convergence: very fast training of neural networks using
    large learning rates (2017).

    Example:
        >>> cycle = OneCycleLR(1.0, pct_start=0.5, anneal_strategy="linear", div_factor=5)
        >>> [round(cycle(step, 0.1, total_steps=6), 4) for step in range(6)]
        [0.2, 0.6, 1.0, 0.6667, 0.3333, 0.0]
    """

    max_lr: float
    total_steps: int | None = None
    pct_start: float = 0.3
    anneal_strategy: Literal["cos", "linear"] = "cos"
    div_factor: float = 25.0
    final_div_factor: float = 1e4
    three_phase: bool = False

    def __post_init__(self) -> None:
        _check.number(self, "max_lr", "[0, inf)", hint="a learning rate is a small number such as 0.1")
        if self.total_steps is not None:
            _check.whole(self, "total_steps", at_least=1, hint="None stands for the whole run")
        _check.number(self, "pct_start", "[0, 1]", hint="it is a share: 0.3 means 30 %")
        _check.choice(self, "anneal_strategy", ("cos", "linear"), hint='"cos" is the usual shape')
        _check.number(self, "div_factor", "(0, inf)", hint="25 is the usual value")
        _check.number(self, "final_div_factor", "(0, inf)", hint="10000 is the usual value")
        _check.flag(self, "three_phase")

    def _rate(self, step: int, _base_lr: float, total_steps: int | None) -> float:
        length = self._length(self.total_steps, total_steps, "its own total_steps")
        if step >= length:
            raise ArgumentError(
                "OneCycleLR",
                expected=f"a step below {length}, its length",
                got=str(step),
                hint="set its total_steps to the number of steps of the run, or leave it out",
            )
        start, rate = 0.0, self.max_lr / self.div_factor
        for end, target in self._phases(length):
            if step < end:
                return self._between(rate, target, (step - start) / (end - start))
            start, rate = end, target
        return rate

    def _phases(self, length: int) -> list[tuple[float, float]]:
        """The last step, and the rate reached at it, of each phase."""
        initial, rise = self.max_lr / self.div_factor, self.pct_start * length
        last = (length - 1.0, initial / self.final_div_factor)
        if self.three_phase:
            return [(rise - 1, self.max_lr), (2 * rise - 2, initial), last]
        return [(rise - 1, self.max_lr), last]

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * share
        return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
