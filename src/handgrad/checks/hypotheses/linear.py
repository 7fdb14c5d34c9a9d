"""Mistakes of linear layers."""

from collections.abc import Iterable

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, failing
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays

LINEAR = ("linear",)


def transposed(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The weight the other way round, by transposing or by reshaping."""
    W = case.weight
    O, I = W.shape
    rows, dy = case.x.reshape(-1, I), np.asarray(case.dy).reshape(-1, O)
    if what == "forward":
        if O == I:
            yield "what x W gives where x Wᵀ belongs", (rows @ W + case.bias).reshape(right[what].shape)
        shuffled = rows @ W.reshape(I, O) + case.bias
        yield "what the weight reshaped, not transposed, gives", shuffled.reshape(right[what].shape)
        shuffled = rows @ W.T.reshape(O, I).T + case.bias
        yield (
            "what the transposed weight reshaped, not transposed, gives",
            shuffled.reshape(right[what].shape),
        )
        return
    if O == I:
        yield "what dy Wᵀ gives where dy W belongs", (dy @ W.T).reshape(right[what].shape)
    yield (
        "what the weight reshaped, not transposed, gives",
        (dy @ W.T.reshape(O, I)).reshape(right[what].shape),
    )
    yield (
        "what the transposed weight reshaped, not transposed, gives",
        (dy @ W.reshape(I, O).T).reshape(right[what].shape),
    )


def wrong_weight_axis(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dweight summed over another axis of a sequence, or its bias added along the wrong one."""
    y = right["forward"] - case.bias
    if what == "forward" and y.ndim == 2 and len(y) == len(case.bias):
        yield "the bias added down the rows, not along them", y + case.bias[:, None]


def _square(observations: list[Observation], what: str) -> str:
    """Whether only square weights come through, with an exception for all others."""
    others = [seen for seen in observations if len(set(seen.case.weight.shape)) > 1]
    stopped = [seen for seen in others if seen.outcome.raised is not None or seen.wrong.get(what) == "shape"]
    squares = [seen for seen in observations if len(set(seen.case.weight.shape)) == 1]
    through = [seen for seen in squares if seen.outcome.raised is None and what in seen.outcome.got]
    if others and len(stopped) == len(others) and through:
        return "only square weights come through: with others the shapes do not fit"
    return ""


def _as_it_came(observations: list[Observation], what: str) -> str:
    """Whether rows come out right, and all maps, which must be flattened first, wrong."""
    maps = sum(seen.case.x.ndim == 4 for seen in observations)
    wrong = failing(observations, what)
    if len(wrong) == maps and all(seen.case.x.ndim == 4 for seen in wrong):
        return "right for rows, wrong for all maps: it works on x as it comes, not on x flattened to rows"
    return ""


HYPOTHESES = (
    Hypothesis("weight-transposed", LINEAR, ("forward", "dx"), transposed),
    Hypothesis("summed-over-wrong-axis", LINEAR, ("forward",), wrong_weight_axis, 0.9),
)

PATTERNS = (
    Pattern("weight-transposed", LINEAR, ("forward", "dx", "dweight", "backward"), _square, 0.7),
    Pattern("input-not-flattened", LINEAR, (), _as_it_came, 0.65),
)
