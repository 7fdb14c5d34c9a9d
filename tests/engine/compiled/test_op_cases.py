"""Every row of the table of op cases, run by the compiled engine as a network of one layer.

`im2col` and `col2im` are no layers, and no engine runs them: they are the reference's way to a convolution.
The rows of an evaluation are predicted with: their gradients, which the ops have, no engine computes.
"""

from typing import Any

import numpy as np
import pytest

import handgrad as hg
from tests.engine.compiled.agreement import Trio, trio
from tests.op_cases import CASES, Case
from tests.op_checks import forward, upstream
from tests.ops.makers import normal, tied

Array = np.ndarray
NO_LAYERS = {"im2col", "col2im"}
LOSSES = {
    "cross_entropy": (hg.CrossEntropyLoss(), "logits"),
    "probability_cross_entropy": (hg.ProbabilityCrossEntropyLoss(), "probabilities"),
    "euclidean_loss": (hg.EuclideanLoss(), "y"),
    "mse_loss": (hg.MSELoss(), "y"),
}
ACTIVATIONS: dict[str, Any] = {
    "relu": hg.ReLU, "leaky_relu": hg.LeakyReLU, "elu": hg.ELU, "sigmoid": hg.Sigmoid, "tanh": hg.Tanh,
}  # fmt: skip
# exactly at the kink, where the table has no rows as there is no derivative; the reference says what it is
AT_THE_KINK = [Case(f"{op}-zeros", op, {"x": tied(3, 2, 3, 4)}) for op in ACTIVATIONS]
AT_THE_KINK.append(Case("prelu-zeros", "prelu", {"x": tied(4, 5), "weight": normal(5)}))
LAYERS = [case for case in CASES if case.op not in NO_LAYERS | LOSSES.keys()] + AT_THE_KINK
EVALUATION_ONLY = [case for case in LAYERS if case.name.endswith("-evaluation")]
TRAINED = [case for case in LAYERS if case not in EVALUATION_ONLY]
PLACES = 64  # rows of maps: more than any row has, and one number for all, so that they share kernels


def through(x: Array) -> tuple[Array, Array]:
    """An input and a weight for a `Linear` whose output is x to the bit, and whose weight's gradient is dx.

    Each row of x, along its last axis, is a column of the weight; in the input a single 1 chooses it.
    """
    rows = x.reshape(-1, x.shape[-1])  # (N, ..., W) -> (places, W)
    choice = np.eye(len(rows), PLACES, dtype=np.float32).reshape(*x.shape[:-1], PLACES)
    return choice, np.vstack([rows, np.zeros((PLACES - len(rows), x.shape[-1]))]).T


def layer_of(case: Case, arrays: dict[str, Array]) -> hg.Layer:
    """The op as a layer, its arrays still to be filled in."""
    options = dict(case.options)
    if case.op == "conv2d":
        O, C, *kernel = arrays["weight"].shape
        return hg.Conv2d(C * options.get("groups", 1), O, tuple(kernel), bias="bias" in arrays, **options)
    if case.op == "linear":
        O, I = arrays["weight"].shape
        return hg.Linear(I, O, bias="bias" in arrays)
    if case.op in ("max_pool2d", "avg_pool2d"):
        return (hg.MaxPool2d if case.op == "max_pool2d" else hg.AvgPool2d)(**options)
    if case.op == "batch_norm":
        return (hg.BatchNorm1d if arrays["x"].ndim == 2 else hg.BatchNorm2d)(arrays["x"].shape[1], **options)
    if case.op == "prelu":
        return hg.PReLU(len(arrays["weight"]))
    if case.op == "softmax":
        return hg.Softmax(options.get("axis", -1))
    if case.op == "dropout":
        return hg.Dropout(options["p"])
    return ACTIVATIONS[case.op](**options)


def runs_of(case: Case, x: Array, **options: Any) -> tuple[Trio, Array]:
    """The three networks, the row's numbers in them, and what they take so that the layer's input is x."""
    arrays = case.make()
    choice, weight = through(x)
    own = [] if case.op in LOSSES else [case]
    runs = trio(
        lambda: [hg.Linear(PLACES, x.shape[-1], bias=False), *(layer_of(each, arrays) for each in own)],
        choice.shape[1:],
        seed=case.options.get("rng") or 0,
        **options,
    )
    for run in runs:
        for name in arrays.keys() & {"weight", "bias", "running_mean", "running_var"}:
            getattr(run.network[1], name).value[...] = arrays[name]
        run.network[0].weight.value[...] = weight
    return runs, choice


@pytest.mark.parametrize("case", LAYERS, ids=str)
def test_evaluation(case: Case):
    runs, x = runs_of(case, case.make()["x"])
    runs.predictions_agree(x)
    assert runs.compiled.fallbacks == []


@pytest.mark.parametrize("case", TRAINED, ids=str)
def test_training(case: Case):
    """The gradients for the row's own dy, dx and those of parameters; the loss; what is remembered."""
    runs, x = runs_of(case, case.make()["x"], loss=hg.EuclideanLoss())
    y = forward(case, case.make())[0]
    # the gradient of the Euclidean loss is (y − t) / N; that the y of dropout is another does not matter
    targets = y - len(y) * upstream(case, y)
    runs.gradients_agree(x, targets)
    runs.steps_agree(x, targets)
    runs.states_agree()
    assert runs.compiled.fallbacks == []


@pytest.mark.parametrize("case", [case for case in CASES if case.op in LOSSES], ids=str)
def test_loss(case: Case):
    loss, name = LOSSES[case.op]
    arrays = {
        key: array.reshape(-1, 1) if array.ndim == 1 and array.dtype == float else array
        for key, array in case.make().items()
    }  # an output has a batch axis and at least one more
    runs, x = runs_of(case, arrays[name], loss=loss)
    runs.gradients_agree(x, arrays["targets"])
    runs.steps_agree(x, arrays["targets"])
    assert runs.compiled.fallbacks == []


def test_every_row_that_is_a_layer_or_a_loss_was_run():
    layers = {case.name for case in LAYERS if case in CASES}
    losses = {case.name for case in CASES if case.op in LOSSES}
    assert layers | losses == {case.name for case in CASES} - {
        case.name for case in CASES if case.op in NO_LAYERS
    }
    assert {case.op for case in EVALUATION_ONLY} == {"dropout", "batch_norm"}
