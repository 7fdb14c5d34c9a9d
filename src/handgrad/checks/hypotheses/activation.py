"""Mistakes of activations: the mask of a ReLU, derivatives of other functions or at other places."""

from collections.abc import Iterable

import numpy as np

from handgrad import ops
from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, failing
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays

ACTIVATIONS = ("relu", "leaky_relu", "elu", "sigmoid", "tanh")


def gradient_mask(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The mask of what comes back instead of what went in."""
    dy = case.dy
    yield "dy where dy itself is positive, not x", dy * (dy > 0)
    yield "dy where both x and dy are positive", dy * (dy > 0) * (case.x > 0)
    yield "the mask of dy, not dy itself", (dy > 0).astype(np.float64)


def other_slopes(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The derivative taken of the wrong thing, or left out."""
    x, y, dy = case.x, right["forward"], case.dy
    s = ops.sigmoid_forward(x)[0]
    t = np.tanh(x)
    for words, slope in {
        "dy unchanged: the derivative is missing": np.ones_like(x),
        "the derivative alone, without dy": None,
        "dy · x (1 − x): the output's formula with the input": x * (1 - x),
        "dy · (1 − x²): the output's formula with the input": 1 - x**2,
        "dy · y": y,
        "dy · (1 − y)": 1 - y,
        "dy · (1 + y)": 1 + y,
        "dy · (1 − y²), tanh's derivative": 1 - y**2,
        "dy · y (1 − y), the sigmoid's derivative": y * (1 - y),
        "dy · y²": y**2,
        "dy · σ(y) (1 − σ(y)): the sigmoid taken twice": (lambda z: z * (1 - z))(ops.sigmoid_forward(y)[0]),
        "dy · (1 − tanh²(y)): tanh taken twice": 1 - np.tanh(y) ** 2,
        "dy · x": x,
        "dy · eˣ": np.exp(x),
        "dy · (eˣ − 1)": np.expm1(x),
        "dy where x is negative": (x < 0).astype(np.float64),
        "dy where x is positive, the derivative of ReLU": (x > 0).astype(np.float64),
        "dy times the sign of x": np.sign(x),
        "dy · x where x is positive": np.maximum(x, 0),
        "dy · σ(x)": s,
        "dy · tanh(x)": t,
        "dy · (1 − tanh(x))": 1 - t,
        "half the right one": right["dx"] / dy / 2,
    }.items():
        yield words, right["dx"] / dy if slope is None else dy * slope


def _not_the_slope(observations: list[Observation], what: str) -> str:
    if failing(observations, "dx") and not failing(observations, "forward"):
        return "the output is right, dx is not dy times its derivative"
    return ""


HYPOTHESES = (
    Hypothesis("relu-mask-from-gradient", ("relu", "leaky_relu"), ("dx",), gradient_mask, 1.1),
    Hypothesis("activation-derivative-wrong", ACTIVATIONS, ("dx",), other_slopes),
)

PATTERNS = (Pattern("activation-derivative-wrong", ACTIVATIONS, ("dx", "backward"), _not_the_slope, 0.4),)
