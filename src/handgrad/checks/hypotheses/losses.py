"""Mistakes of softmax and losses: overflow, log of 0, half a Jacobian, means over the wrong thing."""

from collections.abc import Iterable

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, failing
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays

CROSS = ("cross_entropy", "probability_cross_entropy", "summed_cross_entropy")
SOFT = ("softmax", "cross_entropy", "mlrloss")


def diagonal(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The Jacobian without what lies off its diagonal."""
    y, dy = right["forward"], case.dy
    yield "dy · y (1 − y): the diagonal of the Jacobian alone", dy * y * (1 - y)
    yield "dy · y: the diagonal without its second term", dy * y
    yield "−y Σ dy y: the Jacobian without its diagonal term", -y * (dy * y).sum(axis=1, keepdims=True)


def wrong_axis(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Softmax down the columns, or over everything; sums over the batch where they belong over classes."""
    if what == "forward":
        for words, axis in (("each column adds up to 1", 0), ("all numbers together add up to 1", None)):
            for how, shift in (
                ("", None),
                (", each row shifted by its maximum", 1),
                (", columns shifted", 0),
            ):
                e = np.exp(case.x - case.x.max(axis=shift, keepdims=True))
                yield f"what a softmax gives of which {words}{how}", e / e.sum(axis=axis, keepdims=True)
        return
    y, dy = right["forward"], case.dy
    yield "y (dy − Σ dy y) with the sum over the batch", y * (dy - (dy * y).sum(axis=0, keepdims=True))
    yield "y (dy − Σ dy y) with the sum over everything", y * (dy - (dy * y).sum())
    yield "y (dy − Σ dy) without y in the sum", y * (dy - dy.sum(axis=1, keepdims=True))


def over_classes(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The mean over the classes too, or instead of the batch."""
    N, K = case.x.shape
    yield "divided by N·K: a mean over classes too", right[what] / K
    if N != K:
        yield "divided by K, not by N", right[what] * N / K


def loss_wrong_axis(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The softmax inside the loss along the wrong axis."""
    x, N = case.x, len(case.x)
    hot = np.eye(x.shape[1])[case.targets]
    for words, axis in (("each column of which adds up to 1", 0), ("all of which adds up to 1", None)):
        for how, shift in (("", None), (" after each row's maximum was subtracted", 1)):
            e = np.exp(x - x.max(axis=shift, keepdims=True))
            p = e / e.sum(axis=axis, keepdims=True)
            with np.errstate(divide="ignore"):
                loss = -np.log(p[np.arange(N), case.targets]).mean()
            found = {"forward": np.asarray(loss), "dx": (p - hot) / N, "probs": p}
            yield f"what a softmax gives, {words}{how}", found[what]


def half_forgotten(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A Euclidean loss without its half, or with one too many."""
    yield "twice the right one: the factor 1/2 is missing", right[what] * 2
    yield "half the right one", right[what] / 2


def _overflow(observations: list[Observation], what: str) -> str:
    bad = [seen for seen in failing(observations, what) if "large" in seen.case.tags]
    ordinary = [seen for seen in failing(observations, what) if not seen.case.tags & {"large", "zeros"}]
    if bad and not ordinary:
        values = bad[0].outcome.got.get(what)
        shown = "" if values is None else f": {np.array2string(values, precision=4)}"
        return (
            f"logits about 1000 overflow{shown}, ordinary ones are right; subtract each row's maximum first"
        )
    return ""


def _log_of_zero(observations: list[Observation], what: str) -> str:
    bad = failing(observations, what)
    if bad and all("zeros" in seen.case.tags for seen in bad):
        value = bad[0].outcome.got.get(what)
        return f"where the true class has the probability 0 the result is {value}, elsewhere it is right"
    return ""


HYPOTHESES = (
    Hypothesis("softmax-jacobian-diagonal", ("softmax",), ("dx",), diagonal, 1.1),
    Hypothesis("summed-over-wrong-axis", ("softmax",), ("forward", "dx"), wrong_axis, 0.9),
    Hypothesis(
        "summed-over-wrong-axis", ("cross_entropy",), ("forward", "dx", "probs"), loss_wrong_axis, 0.9
    ),
    Hypothesis("summed-over-wrong-axis", CROSS, ("forward", "dx"), over_classes, 0.8),
    Hypothesis("activation-derivative-wrong", ("euclidean_loss", "mse_loss"), ("dx",), half_forgotten, 0.7),
)

PATTERNS = (
    Pattern("softmax-overflow", SOFT, ("forward", "dx", "probs"), _overflow, 0.9),
    Pattern("log-of-zero", CROSS, ("forward", "dx"), _log_of_zero, 0.95),
)
