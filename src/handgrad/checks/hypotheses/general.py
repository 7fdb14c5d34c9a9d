"""Mistakes that every gradient can have: a factor, a sign, the wrong axis, the wrong order of axes."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import GRADIENTS, Hypothesis, Prediction
from handgrad.checks.operations.operation import Arrays

LOSSES = ("cross_entropy", "probability_cross_entropy", "euclidean_loss", "mse_loss")
LAYERS = (
    "conv2d", "linear", "max_pool2d", "avg_pool2d", "relu", "leaky_relu", "elu", "sigmoid", "tanh", "softmax",
    "dropout", "batch_norm", "mlrloss", "mlp", "flatten", "own",
)  # fmt: skip


def batch(case: Case) -> int:
    """N; mlrloss has an image a column."""
    if "x" not in case.arrays:
        return 1
    return int(case.x.shape[1] if "K" in case.settings and "weight" in case.arrays else len(case.x))


def divided(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A layer that divides by N what the loss has divided already."""
    if batch(case) > 1:
        yield "divided by N", right[what] / batch(case)
        yield "divided by the number of rows", right[what] / _rows(case)


def _rows(case: Case) -> int:
    """N, or for a sequence as many rows as there are in all."""
    return int(case.x.size // case.x.shape[-1]) if "sequence" in case.tags else batch(case)


def divided_squared(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A layer that does so twice."""
    if batch(case) > 1:
        yield "divided by N twice", right[what] / batch(case) ** 2


def divided_again(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A loss whose gradient has the factor 1 / N twice."""
    if batch(case) > 1:
        yield "divided by N twice", right[what] / batch(case)


def not_divided(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A loss that is a mean, without its 1 / N."""
    if batch(case) > 1:
        yield "N times the right one: not divided by N", right[what] * batch(case)


def negative(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The other sign."""
    yield "the right one with the other sign", -right[what]


def other_axes(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A bias gradient summed over other axes than batch and positions."""
    if case.dy is None:
        return
    dy = case.dy if what == "dbias" else None
    if dy is None:
        return
    axes = range(dy.ndim)
    right_axes = tuple(axis for axis in axes if axis != 1) if dy.ndim != 3 else (0, 1)
    for count in range(dy.ndim + 1):
        for chosen in combinations(axes, count):
            if chosen != right_axes:
                words = f"over axes {chosen} of dy" if chosen else "over no axis"
                yield f"dy summed {words}, not over {right_axes}", dy.sum(axis=chosen)
    yield "dy of the first row of the batch only", dy[0].sum(axis=tuple(range(1, dy.ndim - 1)))
    yield "dy of the last row of the batch only", dy[-1].sum(axis=tuple(range(1, dy.ndim - 1)))


def one_image(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A weight gradient of one image of the batch, where all should be summed."""
    if case.dy is None or len(case.x) < 2 or "weight" not in case.arrays or case.weight.ndim not in (2, 4):
        return
    from handgrad.checks.operations import OPERATIONS

    name = "conv2d" if case.weight.ndim == 4 else "linear"
    for words, part in (("last", slice(-1, None)), ("first", slice(0, 1))):
        arrays = {**case.arrays, "x": case.x[part]}
        alone = Case(case.title, case.settings, arrays, case.dy[part])
        yield (
            f"that of the {words} image only, not summed over the batch",
            OPERATIONS[name].expect(alone, {})[what],
        )


def transposed(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A weight gradient with its axes the other way round."""
    array = right[what]
    if array.ndim == 2 and array.shape[0] != 1 and array.shape[1] != 1:
        yield "the right one transposed", array.T
        yield "the right one, transposed by reshape, which shuffles it", array.T.reshape(array.shape)
        yield "the transposed one, shuffled by reshape", array.reshape(array.shape[::-1])
    if array.ndim == 4 and what == "dweight":
        yield "the right one with rows and columns of the kernel exchanged", array.transpose(0, 1, 3, 2)
        yield "the right one with the axes of outputs and inputs exchanged", array.transpose(1, 0, 2, 3)


def whole(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Rounded down to whole numbers, or towards 0."""
    if right[what].dtype.kind == "f":
        yield "the right numbers rounded down to whole ones", np.floor(right[what])
        yield "the right numbers cut off to whole ones", np.trunc(right[what])


def floored_factor(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A factor such as 1 // 4, or a division // by the batch."""
    yield "all zeros, as with a factor like 1 // 4", np.zeros_like(right[what])
    yield "the right numbers times N, rounded down, then divided", np.floor(right[what] * batch(case))


WEIGHTS = ("dweight", "dW1", "dW2")
ALL = ("forward", *GRADIENTS)

HYPOTHESES = (
    Hypothesis("gradient-divided-by-batch", LAYERS, GRADIENTS, divided, 1.2),
    Hypothesis("gradient-divided-twice", LAYERS, GRADIENTS, divided_squared, 1.2),
    Hypothesis("gradient-divided-twice", LOSSES, GRADIENTS, divided_again, 1.2),
    Hypothesis("gradient-not-divided-by-batch", LOSSES, ALL, not_divided, 1.2),
    Hypothesis("gradient-divided-by-batch", ("summed_cross_entropy", "mlrloss"), ALL, divided, 1.2),
    Hypothesis("gradient-sign-wrong", (), ALL, negative, 1.1),
    Hypothesis("summed-over-wrong-axis", ("linear", "batch_norm", "conv2d"), ("dbias",), other_axes, 0.9),
    Hypothesis("summed-over-wrong-axis", ("linear", "conv2d"), ("dweight",), one_image, 0.9),
    Hypothesis("weight-transposed", (), WEIGHTS, transposed),
    Hypothesis("integer-division", (), ALL, whole, 0.9),
)
