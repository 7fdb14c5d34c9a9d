"""Every loss is in PyTorch what it is here, and refuses what it refuses here."""

import numpy as np
import pytest

import handgrad as hg
from handgrad import loss as losses
from handgrad.engine.torch.losses import LOSSES, mirror_loss
from handgrad.errors import ArgumentError, DataError, ShapeError
from tests.engine.engine_cases import make_data
from tests.engine.torch.torch_runs import TOLERANCES, close, pair, torch

pytestmark = pytest.mark.torch

X, TARGETS = hg.batch(make_data(), range(20))
ROWS = np.eye(3, dtype=np.float32)[TARGETS]
CASES = {
    "classes": (hg.CrossEntropyLoss(), TARGETS),
    "classes of 32 bits, read-only": (hg.CrossEntropyLoss(), np.broadcast_to(np.int32(1), 20)),
    "probabilities": (hg.ProbabilityCrossEntropyLoss(), TARGETS),
    "euclidean, classes": (hg.EuclideanLoss(), TARGETS),
    "euclidean, rows": (hg.EuclideanLoss(), ROWS),
    "mse, classes": (hg.MSELoss(), TARGETS),
    "mse, rows of bytes": (hg.MSELoss(), ROWS.astype(np.uint8)),
}


def make(dtype="float32"):
    return hg.Sequential(
        [hg.Flatten(), hg.Linear(64, 3), hg.Softmax()], 1, input_shape=(1, 8, 8), dtype=dtype
    )


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("case", CASES)
def test_every_loss_is_that_of_the_reference(case, dtype):
    loss, targets = CASES[case]
    theirs, ours = pair(lambda: make(dtype), loss=loss)
    x, tolerance = X.astype(dtype), TOLERANCES[dtype]
    for _ in range(3):
        close(theirs.gradients(x, targets), ours.gradients(x, targets), tolerance)
        step, expected = theirs.train_step(x, targets), ours.train_step(x, targets)
        assert step.loss == pytest.approx(expected.loss, rel=tolerance)
        assert step.correct == expected.correct
    assert step.correct > 0 or targets.ndim == 2


def test_a_probability_of_zero_counts_as_the_smallest_number():
    y, targets = np.array([[0.0, 1.0], [0.5, 0.5]], "f"), np.array([0, 1])
    expected, _ = hg.ProbabilityCrossEntropyLoss().forward(y, targets)
    found = mirror_loss(hg.ProbabilityCrossEntropyLoss())(torch.from_numpy(y), y, targets)
    assert found.item() == pytest.approx(expected, rel=1e-6)


def test_every_loss_of_the_library_has_a_mirror():
    assert {kind.__name__ for kind in LOSSES} == set(losses.__all__) - {"Loss"}


@pytest.mark.parametrize(
    ("loss", "targets", "error"),
    [
        (hg.CrossEntropyLoss(), TARGETS + 1, DataError),
        (hg.CrossEntropyLoss(), np.where(TARGETS, TARGETS, -100), DataError),  # PyTorch ignores -100
        (hg.CrossEntropyLoss(), ROWS, ShapeError),  # and takes rows as probabilities
        (hg.CrossEntropyLoss(), TARGETS[:5], ShapeError),
        (hg.ProbabilityCrossEntropyLoss(), TARGETS + 1, DataError),
        (hg.MSELoss(), ROWS[:, :1], ShapeError),  # and stretches this over all columns
        (hg.EuclideanLoss(), ROWS[:1], ShapeError),
        (hg.EuclideanLoss(), TARGETS + 1, DataError),
    ],
)
def test_targets_that_do_not_fit_change_nothing(loss, targets, error):
    theirs, ours = pair(make, loss=loss)
    before = theirs.state()
    for run in (theirs, ours):
        with pytest.raises(error):
            run.train_step(X, targets)
        with pytest.raises(error):
            run.gradients(X, targets)
    close(theirs.state(), before, 0)


class Own(hg.MSELoss):
    pass


def test_a_loss_of_ones_own_is_named():
    with pytest.raises(ArgumentError, match=r"one of the losses CrossEntropyLoss.*got .*Own\(\)"):
        pair(make, loss=Own())
