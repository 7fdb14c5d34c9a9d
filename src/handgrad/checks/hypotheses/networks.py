"""Mistakes within Project 3's MLP, and within cmu10601's loss."""

from collections.abc import Iterable

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Prediction
from handgrad.checks.operations.networks import MLP, mlp
from handgrad.checks.operations.operation import Arrays

NETWORK = ("mlp",)


def slopes(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Another derivative of the sigmoid."""
    for slope in ("1", "f1", "1 - f1", "1 - f1²", "a1 (1 - a1)", "a step at 0"):
        words = "without σ'" if slope == "1" else f"with {slope} for σ' = f1 (1 − f1)"
        yield f"what the chain rule {words} gives", mlp(case, slope)[what]


def last_image(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The gradient of one image, where all should be added."""
    if len(case.x) > 1:
        for words, part in (("last", slice(-1, None)), ("first", slice(0, 1))):
            arrays = {**case.arrays, "x": case.x[part], "targets": case.targets[part]}
            found = mlp(Case(case.title, case.settings, arrays))
            yield f"that of the {words} image only, not added up", found[what]


def over_units(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A bias gradient summed over units instead of images."""
    yield "summed over the units, not over the images", np.full(right[what].shape, right[what].sum())
    yield "one number: the sum over the units", right[what].sum()
    yield "the mean over the units", np.full(right[what].shape, right[what].mean())


def transposed_scores(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Softmax over the images of a batch."""
    if len(case.x) > 1:
        scores = np.log(right["forward"])
        e = np.exp(scores - scores.max())
        yield "what a softmax over the batch gives", e / e.sum()


def up(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The step up the gradient."""
    before = np.concatenate([case.arrays[name].ravel() for name in MLP])
    yield "what a step up the gradient gives", 2 * before - right["update"]


def averaged(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The step with the mean where the sum belongs."""
    if len(case.x) > 1:
        before = np.concatenate([case.arrays[name].ravel() for name in MLP])
        yield "what gradients divided by N give", before + (right["update"] - before) / len(case.x)


def missing_bias(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A layer without its bias."""
    for names in (("b1",), ("b2",), ("b1", "b2")):
        arrays = {**case.arrays, **{name: np.zeros_like(case.arrays[name]) for name in names}}
        yield (
            f"what the network without {' and '.join(names)} gives",
            mlp(Case(case.title, case.settings, arrays))["forward"],
        )


def reshaped(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """W2 or W1 reshaped where it should be transposed."""
    if what in ("dW1", "db1"):
        W2 = case.W2
        yield "what W2 reshaped, not transposed, gives", mlp(case, back=W2.reshape(W2.shape[::-1]).T)[what]
    elif what == "forward":
        for name in ("W1", "W2"):
            W = case.arrays[name]
            arrays = {**case.arrays, name: np.ascontiguousarray(W.T).reshape(W.shape)}
            yield f"what {name} in another order gives", mlp(Case(case.title, case.settings, arrays))[what]


def likelihood_axis(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """mlrloss with a softmax along the wrong axis."""
    x, weight, K = case.x, case.weight, case.K
    N = x.shape[1]
    free = weight[:-1].T @ x + weight[-1][:, None]  # -> (K-1, N)
    scores = np.vstack([free, np.zeros((1, N))])
    hot = np.eye(K)[case.targets].T
    for shift in (0, None):
        e = np.exp(scores - scores.max(axis=shift, keepdims=True))
        for words, axis in (("over everything", None), ("over the images", 1)):
            p = e / e.sum(axis=axis, keepdims=True)
            d = (p - hot)[:-1]
            found = {
                "forward": np.asarray(-np.log(p[case.targets, np.arange(N)]).sum()),
                "dx": weight[:-1] @ d,
                "dweight": np.vstack([x @ d.T, d.sum(axis=1)]),
            }
            yield f"what a softmax {words} gives (shifted along {shift})", found[what]


def likelihood_bias(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """mlrloss without the bias row."""
    from handgrad.checks.operations.losses import multinomial_right

    weight = np.vstack([case.weight[:-1], np.zeros((1, case.weight.shape[1]))])
    yield (
        "what the loss without its bias gives",
        multinomial_right(Case(case.title, case.settings, {**case.arrays, "weight": weight}), {})[what],
    )


GRADIENTS = ("dW1", "db1", "dW2", "db2")
HYPOTHESES = (
    Hypothesis("activation-derivative-wrong", NETWORK, ("dW1", "db1"), slopes),
    Hypothesis("summed-over-wrong-axis", NETWORK, GRADIENTS, last_image, 0.9),
    Hypothesis("summed-over-wrong-axis", NETWORK, ("db1", "db2"), over_units, 0.9),
    Hypothesis("summed-over-wrong-axis", NETWORK, ("forward",), transposed_scores, 0.9),
    Hypothesis("gradient-sign-wrong", NETWORK, ("update",), up),
    Hypothesis("gradient-divided-by-batch", NETWORK, ("update",), averaged),
    Hypothesis("bias-missing", NETWORK, ("forward",), missing_bias),
    Hypothesis("weight-transposed", NETWORK, ("forward", "dW1", "db1"), reshaped),
    Hypothesis("summed-over-wrong-axis", ("mlrloss",), ("forward", "dx", "dweight"), likelihood_axis),
    Hypothesis("bias-missing", ("mlrloss",), ("forward", "dx", "dweight"), likelihood_bias),
)
