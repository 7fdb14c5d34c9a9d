import math

import numpy as np
import pytest

from handgrad import ops


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_probability_of_zero_is_kept_off_zero(dtype):
    tiny = float(np.finfo(dtype).tiny)
    loss, cache = ops.probability_cross_entropy_forward(np.array([[1, 0]], dtype=dtype), np.array([1]))
    assert math.isclose(loss, -math.log(tiny), rel_tol=1e-6)
    dprobabilities = ops.probability_cross_entropy_backward(1.0, cache)
    assert np.isfinite(dprobabilities).all()
    assert np.array_equal(dprobabilities, np.array([[0, -1 / tiny]], dtype=dtype))


def test_certainty_costs_nothing():
    loss, cache = ops.probability_cross_entropy_forward(np.eye(3), np.array([0, 1, 2]))
    assert loss == 0
    assert np.array_equal(ops.probability_cross_entropy_backward(3.0, cache), -np.eye(3))
