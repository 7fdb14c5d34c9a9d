import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ShapeError


def test_it_is_half_of_the_squared_distance_and_not_averaged_over_classes():
    y, targets = np.array([[3.0, 4.0], [0.0, 0.0]]), np.zeros((2, 2))
    assert ops.euclidean_loss_forward(y, targets)[0] == 25 / 2 / 2
    assert ops.mse_loss_forward(y, targets)[0] == 25 / 4


def test_whole_numbers_are_fine_as_targets():
    loss, cache = ops.euclidean_loss_forward(np.ones((2, 3), np.float32), np.eye(3, dtype=np.int64)[[0, 2]])
    assert loss == 1
    assert ops.euclidean_loss_backward(1.0, cache).dtype == np.float32


@pytest.mark.parametrize(
    ("op", "forward"),
    [("euclidean_loss", ops.euclidean_loss_forward), ("mse_loss", ops.mse_loss_forward)],
)
@pytest.mark.parametrize(
    ("y", "targets", "words"),
    [
        ((4, 3), (4, 1), r"targets of shape \(4, 3\), with at least one image, got \(4, 1\)\.$"),
        (
            (4, 3),
            (3,),
            r"targets of shape \(4, 3\).*, got \(3,\)\. Hint: class numbers .* np\.eye\(K\)\[targets\]",
        ),
        ((4, 3), (4,), r"targets of shape \(4, 3\).*, got \(4,\)\. Hint: class numbers become one-hot rows"),
        ((0, 3), (0, 3), r"at least one image, got \(0, 3\)"),
    ],
)
def test_targets_that_would_be_broadcast_are_refused(op, forward, y, targets, words):
    with pytest.raises(ShapeError, match=f"^{op}: expected .*" + words):
        forward(np.zeros(y), np.zeros(targets))
