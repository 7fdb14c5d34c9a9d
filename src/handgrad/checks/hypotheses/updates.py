"""Mistakes of optimizers, as twists of the course's own rule."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, only_where
from handgrad.checks.observing import Observation
from handgrad.checks.operations.networks import classifier
from handgrad.checks.operations.operation import Arrays
from handgrad.checks.operations.updates import rule_of, steps_of

STEPS = ("update",)
NETWORK = ("classifier",)
PARAMETERS = ("weight", "bias")
LAYERS = ("W1", "b1", "W3", "b3")


def _twisted(case: Case, **twist: Any) -> Arrays:
    """All results of a twisted rule, calculated once for a case: each result that is wrong asks for them."""
    key = tuple(sorted(twist.items()))
    if key not in case.memo:
        network = "steps" in case.settings
        case.memo[key] = classifier(case, **twist) if network else steps_of(case, **twist)
    found: Arrays = case.memo[key]
    return found


def twists(*chosen: tuple[str, dict[str, Any]]) -> Callable[[Case, Arrays, str], Iterable[Prediction]]:
    """A hypothesis for several twists of the rule."""

    def predict(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
        for words, twist in chosen:
            found = _twisted(case, **twist)[what]
            if not np.allclose(found, right[what], rtol=1e-9, atol=1e-12):
                yield words, found

    return predict


signs = twists(
    ("what v = −μ v + g gives", {"momentum_sign": -1.0}),
    ("what a step up the gradient gives (w + α v)", {"step_sign": -1.0}),
    ("what −μ v and a step up the gradient give", {"momentum_sign": -1.0, "step_sign": -1.0}),
)
decay_sign = twists(("what weight decay with the other sign gives", {"decay_sign": -1.0}))
rates = twists(
    ("what a rate inside the velocity gives, v = μ v + α g and w − v", {"inside": True}),
    ("what a rate outside the velocity gives, v = μ v + g and w − α v", {"inside": False}),
    ("what the rate taken twice gives, v = μ v + α g and w − α v", {"inside": True, "twice": True}),
    ("what v = α (μ v + g) and w − v give", {"looped": True}),
    ("what v = μ v + (1 − μ) g gives", {"damped": True}),
    ("what v = μ v + g gives, without (1 − μ)", {"damped": False}),
)


def ahead(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The step made with the old velocity, or with no memory at all."""
    if case.momentum:
        found = _twisted(case, momentum=0.0)[what]
        yield "what no momentum at all gives: the velocity is not kept", found
        full = _twisted(case, momentum=1.0)[what]
        yield "what a velocity that is never damped gives", full
    if case.momentum and "steps" not in case.settings:
        yield "what v = μ v + (1 − μ) α g gives", _twisted(case, damped=True, inside=True)[what]
        yield "what (1 − μ) and μ exchanged give", _exchanged(case)[what]


def _exchanged(case: Case) -> Arrays:
    return _twisted(case, momentum=1 - case.momentum)


def whole_rates(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The rate's decay as 1 // (1 + decay · iteration): 0 after the first step."""
    if "rate_decay" in case.settings:
        rates = (case.rates[0], *(0.0 for _ in case.rates[1:]))
        settings = {**case.settings, "rates": rates}
        yield (
            "what a rate divided with // gives: 0 after the first step",
            steps_of(Case(case.title, settings, case.arrays))[what],
        )


def biased(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The bias decays although it should not, or does not although it should."""
    rule = rule_of(case)
    if case.decay:
        other = not rule.get("decay_bias", True)
        words = "what weight decay of the bias gives" if other else "what a bias without weight decay gives"
        yield words, steps_of(case, decay_bias=other)[what]


def undivided(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """hw5's classifier with gradients divided by the batch once too often, or never."""
    N = len(case.x)
    if N > 1:
        yield "what gradients divided by N once more give", _twisted(case, factor=1 / N)[what]


def undivided_mean(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The sum over the batch."""
    N = len(case.x)
    if N > 1:
        yield "what gradients that are not divided by N give", _twisted(case, factor=float(N))[what]


def free_penalty(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """L2 of cs5242: biases count too."""
    if what == "forward":
        yield "the penalty of weights and biases", right[what] + 0.5 * case.w * (case.bias**2).sum()
    elif what == "dbias":
        yield "w times the bias, which is to be free", case.w * case.bias


def _only_momentum(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: bool(case.settings.get("momentum"))):
        return f"{what} is right without momentum, and wrong with it"
    return ""


def _only_decay(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: bool(case.settings.get("decay"))):
        return f"{what} is right without weight decay, and wrong with it"
    return ""


def _only_rates(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: len(set(case.settings.get("rates", ()))) > 1):
        return f"{what} is right while the rate stays the same, and wrong when it changes"
    return ""


PATTERNS = (
    Pattern("momentum-rate-misplaced", STEPS, PARAMETERS, _only_momentum, 0.4),
    Pattern("momentum-rate-misplaced", STEPS, PARAMETERS, _only_rates, 0.5),
    Pattern("weight-decay-on-bias", STEPS, ("bias",), _only_decay, 0.5),
)

HYPOTHESES = (
    Hypothesis("momentum-sign-wrong", STEPS, PARAMETERS, signs, 1.1),
    Hypothesis("momentum-sign-wrong", NETWORK, LAYERS, signs, 1.1),
    Hypothesis("gradient-sign-wrong", STEPS, PARAMETERS, decay_sign, 0.9),
    Hypothesis("momentum-rate-misplaced", STEPS, PARAMETERS, rates),
    Hypothesis("momentum-rate-misplaced", NETWORK, LAYERS, rates),
    Hypothesis("momentum-rate-misplaced", (*STEPS, *NETWORK), (*PARAMETERS, *LAYERS), ahead, 0.9),
    Hypothesis("integer-division", STEPS, PARAMETERS, whole_rates),
    Hypothesis("weight-decay-on-bias", STEPS, ("bias",), biased, 1.1),
    Hypothesis("weight-decay-on-bias", ("l2",), ("forward", "dbias"), free_penalty),
    Hypothesis("gradient-divided-twice", NETWORK, LAYERS, undivided),
    Hypothesis("gradient-not-divided-by-batch", NETWORK, LAYERS, undivided_mean),
)
