"""A dy of the wrong shape is refused: broadcasting it would hide the mistake."""

import numpy as np
import pytest

from handgrad import ops
from handgrad.errors import ShapeError

X = np.random.default_rng(0).normal(size=(4, 2, 6, 6))
ROWS = X.reshape(4, -1)
FORWARDS = {
    "conv2d": lambda: ops.conv2d_forward(X, np.ones((3, 2, 3, 3))),
    "max_pool2d": lambda: ops.max_pool2d_forward(X, 2),
    "avg_pool2d": lambda: ops.avg_pool2d_forward(X, 2),
    "linear": lambda: ops.linear_forward(ROWS, np.ones((5, 72))),
    "relu": lambda: ops.relu_forward(X),
    "leaky_relu": lambda: ops.leaky_relu_forward(X),
    "prelu": lambda: ops.prelu_forward(X, np.ones(1)),
    "elu": lambda: ops.elu_forward(X),
    "sigmoid": lambda: ops.sigmoid_forward(X),
    "tanh": lambda: ops.tanh_forward(X),
    "softmax": lambda: ops.softmax_forward(ROWS),
    "batch_norm": lambda: ops.batch_norm_forward(X, np.ones(2), np.zeros(2)),
}


@pytest.mark.parametrize("name", FORWARDS)
def test_a_part_of_the_batch_is_refused(name):
    y, cache = FORWARDS[name]()
    with pytest.raises(ShapeError) as caught:
        getattr(ops, f"{name}_backward")(y[:1], cache)
    assert f"{name}_backward: expected dy of shape {y.shape}" in str(caught.value)
