import numpy as np
import pytest
from hypothesis import assume, given

from handgrad import ops
from handgrad.errors import ArgumentError, ShapeError
from tests.op_cases import Case, normal
from tests.op_checks import check_directional, check_forward, close
from tests.ops.geometries import Geometry, geometries, thorough


@given(geometries())
@thorough
def test_any_geometry(geometry: Geometry):
    assume(geometry.fits and geometry.pools)
    options = {"kernel_size": geometry.kernel, "stride": geometry.stride, "padding": geometry.padding}
    case = Case("avg_pool2d", "avg_pool2d", {"x": normal(*geometry.shape)}, options)
    check_forward(case)
    check_directional(case)


def test_padding_counts_in_the_mean():
    y, _ = ops.avg_pool2d_forward(np.full((1, 1, 2, 2), 4.0), 2, padding=1)
    assert np.array_equal(y[0, 0], np.ones((2, 2)))


def test_it_is_a_depthwise_convolution_with_a_flat_kernel():
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 7))
    flat = np.full((3, 1, 2, 3), 1 / 6)
    y, cache = ops.avg_pool2d_forward(x, (2, 3), stride=(2, 1), padding=(1, 0))
    convolved, conv_cache = ops.conv2d_forward(x, flat, None, (2, 1), (1, 0), groups=3)
    close(y, convolved, 1e-12, "y")
    close(ops.avg_pool2d_backward(y, cache), ops.conv2d_backward(y, conv_cache)[0], 1e-12, "dx")


@pytest.mark.parametrize("pool", [ops.avg_pool2d_forward, ops.avg_pool2d_naive])
@pytest.mark.parametrize(
    ("shape", "options", "error", "words"),
    [
        ((4, 4), {"kernel_size": 2}, ShapeError, r"x of shape \(N, C, H, W\), got \(4, 4\)"),
        (
            (1, 1, 2, 4),
            {"kernel_size": 3},
            ShapeError,
            r"at least 3 x 3 pixels for a 3 x 3 window .*got 2 x 4",
        ),
        ((1, 1, 4, 4), {"kernel_size": 2, "stride": -1}, ArgumentError, r"stride of at least 1.*stride=-1"),
        (
            (1, 1, 4, 4),
            {"kernel_size": 3, "padding": 2},
            ArgumentError,
            r"at most half the 3 x 3 window, got 2",
        ),
    ],
)
def test_what_does_not_fit_is_refused(pool, shape, options, error, words):
    with pytest.raises(error, match="^avg_pool2d: expected .*" + words):
        pool(np.zeros(shape), **options)
