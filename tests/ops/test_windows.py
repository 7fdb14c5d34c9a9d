import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handgrad import ops
from handgrad.errors import ArgumentError, ShapeError
from tests.op_cases import Case, normal
from tests.op_checks import check_forward
from tests.ops.geometries import Geometry, geometries, thorough


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 9), st.integers(0, 3))
@thorough
def test_output_size_counts_the_windows(size, kernel, stride, padding):
    starts = [start for start in range(0, size + 2 * padding, stride) if start + kernel <= size + 2 * padding]
    if size + 2 * padding >= kernel:
        assert ops.output_size(size, kernel, stride, padding) == len(starts)


@given(geometries())
@thorough
def test_im2col_and_col2im_are_adjoint(geometry: Geometry):
    """<im2col(x), c> = <x, col2im(c)> for all x and c: what makes the one the other's gradient."""
    assume(geometry.fits)
    rng = np.random.default_rng(0)
    window = {"kernel_size": geometry.kernel, "stride": geometry.stride, "padding": geometry.padding}
    x = rng.integers(-9, 10, size=geometry.shape).astype(np.float64)  # whole numbers: the sums are exact
    columns = ops.im2col(x, **window)
    assert columns.shape[2] == np.prod(geometry.outputs)
    weights = rng.integers(-9, 10, size=columns.shape).astype(np.float64)
    assert np.vdot(columns, weights) == np.vdot(x, ops.col2im(weights, x.shape, **window))


@given(geometries())
@thorough
def test_im2col_and_col2im_equal_the_formula(geometry: Geometry):
    assume(geometry.fits)
    window = {"kernel_size": geometry.kernel, "stride": geometry.stride, "padding": geometry.padding}
    rows = geometry.shape[1] * geometry.kernel[0] * geometry.kernel[1]
    columns = normal(geometry.shape[0], rows, int(np.prod(geometry.outputs)))
    check_forward(Case("im2col", "im2col", {"x": normal(*geometry.shape)}, window))
    check_forward(Case("col2im", "col2im", {"columns": columns}, {"shape": geometry.shape, **window}))


@given(geometries())
@thorough
def test_a_window_that_does_not_fit_is_refused_and_no_other(geometry: Geometry):
    x = np.zeros(geometry.shape)
    if geometry.fits:
        ops.im2col(x, geometry.kernel, geometry.stride, geometry.padding)
    else:
        with pytest.raises(ShapeError, match=r"im2col: expected maps of at least \d+ x \d+ pixels"):
            ops.im2col(x, geometry.kernel, geometry.stride, geometry.padding)


def test_one_number_stands_for_both_directions():
    x = np.random.default_rng(0).normal(size=(2, 2, 6, 7))
    columns = ops.im2col(x, 3, 2, 1)
    assert np.array_equal(columns, ops.im2col(x, (3, 3), (2, 2), (1, 1)))
    assert np.array_equal(
        ops.col2im(columns, x.shape, 3, 2, 1), ops.col2im(columns, x.shape, (3, 3), (2, 2), (1, 1))
    )


def test_col2im_of_ones_counts_the_windows_of_each_pixel():
    """Stride 2 and a width of 6 leave the last column to no window."""
    counts = ops.col2im(np.ones((1, 9, 4)), (1, 1, 5, 6), kernel_size=3, stride=2)[0, 0]
    assert np.array_equal(counts, np.outer([1, 1, 2, 1, 1], [1, 1, 2, 1, 1, 0]))


def test_the_error_says_how_large_maps_must_be():
    with pytest.raises(ShapeError) as caught:
        ops.im2col(np.zeros((1, 1, 2, 4)), (5, 3), padding=(1, 0))
    assert str(caught.value) == (
        "im2col: expected maps of at least 3 x 3 pixels for a 5 x 3 window with padding 1, 0, got 2 x 4. "
        "Hint: use a smaller window, more padding, or fewer layers that shrink the maps."
    )


@pytest.mark.parametrize(
    ("kernel_size", "stride", "padding"),
    [(0, 1, 0), ((1, 0), 1, 0), (1, 0, 0), (1, (0, 1), 0), (1, -1, 0), (1, 1, -1), (1, 1, (0, -1))],
)
def test_windows_that_make_no_sense_are_refused(kernel_size, stride, padding):
    words = "kernel_size and stride of at least 1 and a padding of at least 0, got kernel_size="
    with pytest.raises(ArgumentError, match=words):
        ops.im2col(np.zeros((1, 1, 4, 4)), kernel_size, stride, padding)
    with pytest.raises(ArgumentError, match=words):
        ops.col2im(np.zeros((1, 1, 16)), (1, 1, 4, 4), kernel_size, stride, padding)


def test_a_single_image_is_told_of_its_missing_axes():
    with pytest.raises(
        ShapeError, match=r"expected x of shape \(N, C, H, W\), got \(28, 28\).*x\[None, None\]"
    ):
        ops.im2col(np.zeros((28, 28)), 3)


@pytest.mark.parametrize("shape", [(1, 9, 3), (1, 8, 4), (2, 9, 4), (9, 4)])
def test_columns_of_another_geometry_are_refused(shape):
    with pytest.raises(ShapeError, match=r"col2im: expected columns of shape \(1, 9, 4\), got"):
        ops.col2im(np.zeros(shape), (1, 1, 4, 4), kernel_size=3)
