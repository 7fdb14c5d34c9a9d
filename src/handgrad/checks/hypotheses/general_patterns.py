"""Mistakes that show in which cases fail: memory layout, whole numbers, sizes written into the code."""

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.general import batch
from handgrad.checks.hypotheses.hypothesis import Pattern, failing, only_where, passing
from handgrad.checks.observing import Observation
from handgrad.checks.operations.initial import oddity
from handgrad.checks.operations.networks import MLP

WINDOWED = ("conv2d", "max_pool2d", "avg_pool2d", "im2col", "linear")


def _strided(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: "strided" in case.tags):
        return "right for arrays that lie in memory row by row, wrong for a transposed view of the same kind"
    return ""


def _integers(observations: list[Observation], what: str) -> str:
    bad, good = failing(observations, what), passing(observations, what)
    if bad and good and all("integers" in seen.case.tags for seen in bad):
        return "right for x of floats, cut off for x of whole numbers: the result takes x's dtype"
    return ""


def _not_square(observations: list[Observation], what: str) -> str:
    if not all("x" in seen.case.arrays for seen in observations):
        return ""
    if only_where(observations, what, _rectangular):
        return "right for square windows, wrong for all others: one side is taken for both"
    if only_where(observations, what, lambda case: case.x.ndim == 4 and case.x.shape[2] != case.x.shape[3]):
        return "right for square images, wrong for all others: one side is taken for both"
    return ""


def _rectangular(case: Case) -> bool:
    if "weight" in case.arrays and case.weight.ndim == 4:
        return bool(case.weight.shape[2] != case.weight.shape[3])
    sizes = case.settings.get("kernel_size", (1, 1))
    return bool(sizes[0] != sizes[1])


def _fixed_factor(observations: list[Observation], what: str) -> str:
    """Whether every case is off by a factor c / N with one c: divided by a number, not by the batch."""
    ratios = {}
    for seen in failing(observations, what):
        got, right = seen.outcome.got.get(what), seen.expected.get(what)
        if got is None or right is None or got.shape != right.shape or not np.any(right):
            return ""
        factor = float((got * right).sum() / (right * right).sum())
        if not np.allclose(got, factor * right, rtol=1e-6, atol=1e-9):
            return ""
        ratios[seen.case.title] = factor / batch(seen.case)
    values = list(ratios.values())
    sizes = {batch(seen.case) for seen in failing(observations, what)}
    if len(sizes) > 1 and np.ptp(values) < 1e-6 * abs(values[0]) and abs(values[0]) > 1e-12:
        number = 1 / values[0]
        if abs(number - round(number)) < 1e-4 and round(number) > 1:
            return f"divided by {round(number)} whatever the batch, where N belongs"
    return ""


def _zeros(observations: list[Observation], what: str) -> str:
    bad = [seen for seen in failing(observations, what) if what in seen.outcome.got]
    if (
        bad
        and all(not np.any(seen.outcome.got[what]) for seen in bad)
        and not passing_nonzero(observations, what)
    ):
        return "all zeros in every case: not written yet, it seems"
    return ""


def _unchanged(observations: list[Observation], what: str) -> str:
    bad = [seen for seen in failing(observations, what) if what in seen.outcome.got]
    if bad and all(_stays(seen, what) for seen in bad):
        return f"{what} is after each step what it was before: not written yet, it seems"
    return ""


def _stays(seen: Observation, what: str) -> bool:
    first, path = seen.case.arrays.get(what), seen.outcome.got[what]
    if what == "update":  # of Project 3's MLP: all parameters in a row, after one step
        first, path = np.concatenate([seen.case.arrays[name].ravel() for name in MLP]), path[None]
    if first is None or path.ndim != first.ndim + 1 or path.size != len(path) * first.size:
        return False
    return all(np.array_equal(np.ravel(first), np.ravel(step)) for step in path)


def _first_values(observations: list[Observation], what: str) -> str:
    for seen in failing(observations, what):
        words = oddity(seen.outcome.got[what]) if what in seen.outcome.got else ""
        if words:
            return words
    return ""


def passing_nonzero(observations: list[Observation], what: str) -> bool:
    """Whether any right result is something else than zeros."""
    return any(np.any(seen.outcome.got[what]) for seen in passing(observations, what))


def _misfit(observations: list[Observation], what: str) -> str:
    """Whether a product of matrices does not fit."""
    for seen in failing(observations, what):
        raised = seen.outcome.raised
        if raised is not None and any(
            word in raised.sentence for word in ("matmul", "not aligned", "einsum")
        ):
            return "a product of matrices whose sizes do not fit: one of them stands the other way round"
    return ""


def _sum_misfit(observations: list[Observation], what: str) -> str:
    """Whether a line with a sum stops because shapes do not fit."""
    for seen in failing(observations, what):
        raised = seen.outcome.raised
        if (
            raised is not None
            and ".sum(" in raised.text
            and "matmul" not in raised.sentence
            and any(word in raised.sentence for word in ("broadcast", "reshape", "match", "concatenat"))
        ):
            return "a sum over an axis leaves a shape that does not fit"
    return ""


def _size_misfit(observations: list[Observation], what: str) -> str:
    """Whether every case stops because shapes do not fit, whatever its size."""
    bad = failing(observations, what)
    words = ("broadcast", "reshape", "out of bounds", "not aligned", "mismatch", "zero-size")
    stopped = [seen for seen in bad if seen.outcome.raised is not None]
    if len(stopped) > len(observations) / 2 and all(
        any(word in (seen.outcome.raised.sentence if seen.outcome.raised else "") for word in words)
        for seen in stopped
    ):
        return "shapes do not fit in most cases, as with a size that is written into the code"
    return ""


PRODUCTS = ("linear", "conv2d", "mlp", "mlrloss")

PATTERNS = (
    Pattern("weight-transposed", PRODUCTS, (), _misfit, 0.35),
    Pattern("summed-over-wrong-axis", (), (), _sum_misfit, 0.3),
    Pattern("hard-coded-size", (), (), _size_misfit, 0.28),
    Pattern("im2col-wrong-strides", WINDOWED, (), _strided, 0.9),
    Pattern("integer-division", (), ("forward",), _integers, 0.9),
    Pattern("hard-coded-size", (), (), _not_square, 0.55),
    Pattern(
        "hard-coded-size",
        ("cross_entropy", "probability_cross_entropy", "euclidean_loss"),
        (),
        _fixed_factor,
        0.9,
    ),
    Pattern("not-implemented", (), (), _zeros, 1.05),
    Pattern("not-implemented", ("update", "classifier", "mlp"), (), _unchanged, 1.05),
    Pattern("wrong-initial-values", ("initial_values",), (), _first_values),
)
