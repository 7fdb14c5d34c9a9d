"""cs5242: ``layers``, ``loss`` and ``optimizers``."""

from collections.abc import Iterable
from dataclasses import replace

from handgrad.checks.case import Case
from handgrad.checks.operations.updates import plain_cases, update_cases
from handgrad.checks.passes import cs5242
from handgrad.checks.styles.interface import Interface, Layout, Style

IN_OUT = Layout(lambda case, weight: weight.T, lambda case, weight: weight.T)  # (O, I) -> (I, O)
PARAMETERS = ("weight", "bias")


def _without_decay() -> Iterable[Case]:
    """The optimizer's `decay` is of the rate: after three steps 0.4, 0.4 / 1.5, 0.4 / 1.5 / 2."""
    cases = [case for case in update_cases() if not case.decay]
    falling = next(case for case in cases if case.title == "a rate that falls")
    rates = (0.4, 0.4 / 1.5, 0.4 / 1.5 / 2)
    settings = {**falling.settings, "rates": rates, "rate_decay": 0.5}
    return [*cases, replace(falling, title="decay of the rate, 0.5", settings=settings)]


STYLE = Style(
    "cs5242",
    (
        Interface(cs5242.CONVOLUTION),
        Interface(cs5242.LINEAR, {"weight": IN_OUT}, lambda case: "maps" not in case.tags),
        Interface(cs5242.MAX_POOLING),
        Interface(cs5242.AVERAGE_POOLING),
        Interface(cs5242.RELU),
        Interface(cs5242.FLATTEN),
        Interface(cs5242.DROPOUT),
        Interface(cs5242.LOSS),
        Interface(cs5242.PENALTY),
        Interface(cs5242.SGD, cases=_without_decay, may_change=PARAMETERS),
        *(
            Interface(rule, cases=plain_cases, may_change=PARAMETERS)
            for rule in (cs5242.ADAM, cs5242.RMSPROP, cs5242.ADAGRAD)
        ),
    ),
)
