"""Mistakes of dropout and batch norm."""

from collections.abc import Iterable

import numpy as np

from handgrad._typing import Array
from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, failing
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays

DROPOUT, NORM = ("dropout",), ("batch_norm",)


def _axes(case: Case) -> tuple[int, ...]:
    """All but the channels'."""
    return tuple(axis for axis in range(case.x.ndim) if axis != 1)


def _mean(case: Case, array: Array) -> Array:
    mean: Array = array.mean(axis=_axes(case), keepdims=True)
    return mean


def _spread(case: Case, values: Array) -> Array:
    return values.reshape(-1, *[1] * (case.x.ndim - 2))  # (C,) -> (C, 1, 1)


def _normalised(case: Case) -> tuple[Array, Array]:
    """x̂, and 1 / √(σ² + ε)."""
    inverse = 1 / np.sqrt(case.x.var(axis=_axes(case), keepdims=True) + 1e-5)
    return (case.x - _mean(case, case.x)) * inverse, inverse


def missing_terms(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dx without the paths through mean and variance."""
    dy, (hat, inverse) = case.dy, _normalised(case)
    through_mean, through_var = _mean(case, dy), hat * _mean(case, dy * hat)
    count = dy.size // dy.shape[1]
    for words, inner in {
        "dx with mean and variance taken as constants": dy,
        "dx without the term through the variance": dy - through_mean,
        "dx without the term through the mean": dy - through_var,
        "dx with the terms' signs exchanged": dy + through_mean + through_var,
        "dx with a wrong sign of the term through the variance": dy - through_mean + through_var,
        "dx with a wrong sign of the term through the mean": dy + through_mean - through_var,
        "dx with sums where means belong": dy - count * (through_mean + through_var),
        "dx with half the term through the variance": dy - through_mean - through_var / 2,
        "dx with the term through the variance twice": dy - through_mean - 2 * through_var,
    }.items():
        yield words, _spread(case, case.weight) * inverse * inner


def missing_gamma(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dx without γ."""
    yield "dx without γ", right["dx"] / _spread(case, case.weight)


def wrong_axis(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Mean and variance over other axes; the gradients summed over others."""
    x, dy = case.x, case.dy
    others = [(1,), tuple(range(x.ndim)), (0,), (0, 1), (2, 3), (0, 2), (0, 3), (1, 2, 3)]
    others = [axes for axes in others if max(axes) < x.ndim and axes != _axes(case)]
    hat, _ = _normalised(case)
    parts = {"dweight": dy * hat, "dbias": dy}
    for axes in others:
        if what == "forward":
            mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
            y = (x - mean) / np.sqrt(var + 1e-5) * _spread(case, case.weight) + _spread(case, case.bias)
            yield f"what mean and variance over axes {axes} give", y
        else:
            yield f"summed over axes {axes}", parts[what].sum(axis=axes)
    if what in parts:
        yield "the mean, not the sum", parts[what].mean(axis=_axes(case))


def _training(observations: list[Observation]) -> list[Observation]:
    return [seen for seen in observations if seen.case.training and "forward" in seen.outcome.got]


def _factor(case: Case, y: np.ndarray, x: np.ndarray) -> set[float]:
    """By what the numbers that were kept are multiplied."""
    kept = (y != 0) & (x != 0)
    return {float(value) for value in np.round(y[kept] / x[kept], 6)}


def _not_rescaled(observations: list[Observation], what: str) -> str:
    for seen in _training(observations):
        if what not in seen.wrong or seen.outcome.got[what].shape != seen.case.x.shape:
            continue
        base = seen.case.x if what == "forward" else seen.case.dy
        factors = _factor(seen.case, seen.outcome.got[what], base)
        right = 1 / (1 - seen.case.p)
        if len(factors) == 1 and abs(next(iter(factors)) - right) > 1e-4:
            given = next(iter(factors))
            return f"what is kept is multiplied by {given:.4g}, where 1 / (1 − p) = {right:.4g} belongs"
    return ""


def _wrong_share(observations: list[Observation], what: str) -> str:
    for seen in _training(observations):
        if "share" in seen.case.tags and what in seen.wrong:
            share = float((seen.outcome.got["forward"] == 0).mean())
            if abs(share - seen.case.p) > 0.05:
                return f"with p = {seen.case.p} a share of {share:.2f} is dropped"
    return ""


def _in_evaluation(observations: list[Observation], what: str) -> str:
    bad = failing(observations, what)
    if bad and all("evaluation" in seen.case.tags for seen in bad):
        got = bad[0].outcome.got.get("forward")
        if got is None:
            return ""
        if (got == 0).any():
            return f"in evaluation {int((got == 0).sum())} of {got.size} numbers are dropped"
        if what == "dx":
            return "in evaluation y passes as it is, dx is masked all the same"
        return "in evaluation the numbers are changed, where they must pass as they are"
    return ""


def _new_mask(observations: list[Observation], what: str) -> str:
    for seen in _training(observations):
        dx, y = seen.outcome.got.get("dx"), seen.outcome.got["forward"]
        if dx is None or dx.shape != y.shape or "dx" not in seen.wrong:
            continue
        differ = int(((dx != 0) != (y != 0)).sum())
        if differ and (dx == 0).any():
            return f"in {differ} of {y.size} places dx is dropped where y is kept, or kept where y is dropped"
    return ""


def _no_mask(observations: list[Observation], what: str) -> str:
    for seen in _training(observations):
        dx, y = seen.outcome.got.get("dx"), seen.outcome.got["forward"]
        if (
            dx is not None
            and dx.shape == y.shape
            and "dx" in seen.wrong
            and (dx != 0).all()
            and (y == 0).any()
        ):
            return "dx is not masked at all"
    return ""


def _terms(observations: list[Observation], what: str) -> str:
    if failing(observations, "dx") and not failing(observations, "forward"):
        return "y is right, dx is not: each x moves all others of its channel through mean and variance"
    return ""


HYPOTHESES = (
    Hypothesis("batch-norm-dx-terms-missing", NORM, ("dx",), missing_terms),
    Hypothesis("batch-norm-dx-terms-missing", NORM, ("dx",), missing_gamma, 0.8),
    Hypothesis("summed-over-wrong-axis", NORM, ("forward", "dweight", "dbias"), wrong_axis),
)

PATTERNS = (
    Pattern("dropout-new-mask-in-backward", DROPOUT, ("dx",), _new_mask, 0.95),
    Pattern("dropout-new-mask-in-backward", DROPOUT, ("dx",), _no_mask, 0.5),
    Pattern("dropout-not-rescaled", DROPOUT, ("forward", "dx"), _not_rescaled, 0.9),
    Pattern("dropout-not-rescaled", DROPOUT, ("forward", "dx"), _wrong_share, 0.5),
    Pattern("dropout-in-evaluation", DROPOUT, ("forward", "dx"), _in_evaluation, 0.95),
    Pattern("batch-norm-dx-terms-missing", NORM, ("dx",), _terms, 0.4),
)
