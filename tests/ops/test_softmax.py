import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handgrad import ops
from tests.op_checks import close
from tests.ops.geometries import thorough


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_of_ten_thousand(dtype):
    x = np.array([[1e4, 0, -1e4], [1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]], dtype=dtype)
    y, cache = ops.softmax_forward(x)
    third = np.asarray(1, dtype) / np.asarray(3, dtype)
    assert np.array_equal(y, np.array([[1, 0, 0], [0.5, 0.5, 0], [third] * 3], dtype))
    assert np.isfinite(ops.softmax_backward(np.ones_like(x), cache)).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.floats(-1e3, 1e3))
@thorough
def test_outputs_sum_to_one_and_gradients_to_zero(logits, dy):
    y, cache = ops.softmax_forward(np.array([logits]))
    assert abs(y.sum() - 1) < 1e-12
    assert (y >= 0).all()
    upstream = np.linspace(dy, 1, len(logits))[None]
    assert abs(ops.softmax_backward(upstream, cache).sum()) < 1e-12 * (abs(dy) + 1)


def test_a_shift_changes_nothing():
    x = np.random.default_rng(0).normal(size=(3, 4))
    close(ops.softmax_forward(x + 700)[0], ops.softmax_forward(x)[0], 1e-12, "y")


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_the_backward_is_the_jacobian_product(axis):
    """diag(y) - y yᵀ, written out for every row."""
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 2, 3, 4))
    y, cache = ops.softmax_forward(x, axis)
    rows, upstream = (np.moveaxis(array, axis, -1).reshape(-1, x.shape[axis]) for array in (y, dy))
    expected = [(np.diag(row) - np.outer(row, row)) @ d for row, d in zip(rows, upstream, strict=True)]
    got = np.moveaxis(ops.softmax_backward(dy, cache), axis, -1).reshape(rows.shape)
    close(got, expected, 1e-12, "dx")
