"""Every form of every optimizer walks in PyTorch where it walks here; so do schedules, clipping, averages."""

from dataclasses import replace

import numpy as np
import pytest

import handgrad as hg
from handgrad import optim
from handgrad.engine.torch.optimizers import OPTIONS
from handgrad.errors import ArgumentError
from tests.engine.engine_cases import make_data, make_net
from tests.engine.torch.torch_runs import TOLERANCES, close, pair
from tests.optim.optimizer_cases import CASES, make_optimizer

pytestmark = pytest.mark.torch

DATA = make_data()
STEPS = 6
BIASES = {"decay_bias": False, "bias_lr_multiplier": 2.0}
FORMS = {
    **{case: make_optimizer(case) for case in CASES},
    "plain, biases": hg.SGD(lr=0.1, weight_decay=0.05, **BIASES),
    "rate inside": hg.SGD(lr=0.1, momentum=0.9, momentum_form="rate_inside"),
    "rate inside, biases": hg.SGD(0.1, 0.9, weight_decay=0.05, momentum_form="rate_inside", **BIASES),
    "average": hg.SGD(lr=0.5, momentum=0.9, momentum_form="average"),
    "average, biases": hg.SGD(0.5, 0.9, weight_decay=0.05, momentum_form="average", **BIASES),
    "average, no momentum": hg.SGD(lr=0.1, momentum_form="average"),
    "biases alone learn": hg.SGD(lr=0.0, bias_lr_multiplier=0.0),
}


def walk(theirs, ours, dtype):
    """Six steps of both on six batches; the state afterwards is the same, whatever is remembered."""
    for run in (theirs, ours):
        run.begin(STEPS)
    for step in range(STEPS):
        x, targets = hg.batch(DATA, range(step * 15, step * 15 + 15))
        found, expected = (run.train_step(x.astype(dtype), targets) for run in (theirs, ours))
        assert found.lr == expected.lr
        assert found.loss == pytest.approx(expected.loss, rel=TOLERANCES[dtype])
    close(theirs.state(), ours.state(), TOLERANCES[dtype])


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_walks_with_the_reference(form, dtype):
    optimizer = FORMS[form]
    if (
        dtype == "float32"
    ):  # at the full rate some walks are so wild that a rounding error grows tenfold a step
        optimizer = replace(optimizer, lr=optimizer.lr / 10)
    theirs, ours = pair(lambda: make_net(dropout=0.0, dtype=dtype), optimizer)
    walk(theirs, ours, dtype)
    assert theirs.step_count == STEPS


@pytest.mark.parametrize("form", ["sgd-dampening", "rate inside, biases", "adam-amsgrad", "adagrad-decay"])
def test_a_schedule_sets_the_rate_of_each_step(form):
    schedule = hg.LambdaLR(lambda step: [1.0, 0.5, 0.0, 2.0, 1.0, 0.1][step])
    walk(*pair(lambda: make_net(dropout=0.0, dtype="float64"), FORMS[form], schedule=schedule), "float64")
    one_cycle = hg.OneCycleLR(0.3)
    walk(*pair(lambda: make_net(dropout=0.0, dtype="float64"), FORMS[form], schedule=one_cycle), "float64")


@pytest.mark.parametrize(
    "options",
    [
        {"clip": hg.ClipGradNorm(0.05)},
        {"clip": hg.ClipGradNorm(0.02, norm_type=np.inf)},
        {"clip": hg.ClipGradNorm(1e6)},
        {"clip": hg.ClipGradValue(0.01)},
        {"average": hg.ExponentialMovingAverage(0.5)},
        {"average": hg.StochasticWeightAverage(start=2)},
    ],
    ids=repr,
)
def test_clipping_and_averages(options):
    theirs, ours = pair(lambda: make_net(dropout=0.0, dtype="float64"), hg.SGD(0.1, 0.9), **options)
    walk(theirs, ours, "float64")
    x, _ = hg.batch(DATA, range(20))
    with theirs.averaged_weights(), ours.averaged_weights():
        np.testing.assert_allclose(theirs.predict(x), ours.predict(x), rtol=0, atol=1e-9)


def test_every_optimizer_of_the_library_has_a_mirror():
    kinds = [kind for kind in vars(optim).values() if isinstance(kind, type)]
    assert set(OPTIONS) == {k for k in kinds if issubclass(k, hg.Optimizer) and k is not hg.Optimizer}


class Own(hg.SGD):
    pass


def test_an_optimizer_of_ones_own_is_named():
    with pytest.raises(ArgumentError, match=r"one of the optimizers SGD.*got Own\(lr=0\.5"):
        pair(optimizer=Own(lr=0.5))
