import numpy as np

from handgrad import ops


def test_every_element_counts_alike():
    y = np.arange(24.0).reshape(2, 3, 4)
    loss, cache = ops.mse_loss_forward(y, y - 3)
    assert loss == 9
    assert np.array_equal(ops.mse_loss_backward(1.0, cache), np.full((2, 3, 4), 6 / 24))


def test_whole_numbers_are_fine_as_targets():
    loss, cache = ops.mse_loss_forward(np.ones((2, 2), np.float32), np.zeros((2, 2), np.int64))
    assert loss == 1
    assert ops.mse_loss_backward(1.0, cache).dtype == np.float32
