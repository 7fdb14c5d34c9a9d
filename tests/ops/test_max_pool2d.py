import numpy as np
import pytest
from hypothesis import assume, given

from handgrad import ops
from handgrad.errors import ArgumentError, ShapeError
from tests.op_cases import CASES, Case, distinct
from tests.op_checks import backward, check_directional, check_forward, forward, upstream
from tests.ops.geometries import Geometry, geometries, thorough
from tests.ops.oracles import corners, extended


@given(geometries())
@thorough
def test_any_geometry(geometry: Geometry):
    assume(geometry.fits and geometry.pools)
    options = {"kernel_size": geometry.kernel, "stride": geometry.stride, "padding": geometry.padding}
    case = Case("max_pool2d", "max_pool2d", {"x": distinct(*geometry.shape)}, options)
    check_forward(case)
    check_directional(case)


def first_winners(x, dy, kernel, stride, padding):
    """dx by the rule as it is said: of a window's largest, the first in row-major order takes all."""
    dx = np.zeros_like(extended(x, padding))
    larger = extended(x, padding, -np.inf)
    tops, lefts = corners(larger.shape, kernel, stride)
    for n, c, u, v in np.ndindex(dy.shape):
        pixels = [(tops[u] + i, lefts[v] + j) for i in range(kernel[0]) for j in range(kernel[1])]
        values = [larger[n, c, h, w] for h, w in pixels]
        dx[n, c, *pixels[values.index(max(values))]] += dy[n, c, u, v]
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


@pytest.mark.parametrize("case", [case for case in CASES if "ties" in case.name], ids=str)
def test_of_ties_the_first_in_row_major_order_takes_the_gradient(case: Case):
    x = case.make()["x"]
    y, cache = forward(case, {"x": x})
    dy = upstream(case, y)
    kernel = case.options["kernel_size"]
    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    expected = first_winners(
        x, dy, kernel, case.options.get("stride", kernel), case.options.get("padding", 0)
    )
    assert np.array_equal(backward(case, dy, cache)["x"], expected)


def test_a_flat_window_gives_all_its_gradient_to_its_first_pixel():
    y, cache = ops.max_pool2d_forward(np.full((1, 1, 4, 4), 3.0), 2)
    dx = ops.max_pool2d_backward(np.ones_like(y), cache)[0, 0]
    assert np.array_equal(dx, np.kron(np.eye(2) + np.eye(2)[::-1], [[1, 0], [0, 0]]))


def test_negative_maps_are_not_beaten_by_their_padding():
    y, _ = ops.max_pool2d_forward(np.full((1, 1, 2, 2), -5.0), 2, padding=1)
    assert np.array_equal(y[0, 0], np.full((2, 2), -5.0))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("place", range(4))
def test_a_nan_is_seen_at_the_output(dtype, place):
    """Wherever in its window it stands; also beside an infinity. Other windows do not see it."""
    x = np.array([1, 2, np.inf, 3], dtype=dtype)
    x[place] = np.nan
    maps = np.concatenate([x.reshape(1, 1, 2, 2), np.ones((1, 1, 2, 2), dtype)], axis=3)
    for y in (ops.max_pool2d_forward(maps, 2)[0], ops.max_pool2d_naive(maps, 2)):
        assert np.isnan(y[0, 0, 0, 0])
        assert y[0, 0, 0, 1] == 1


def test_minus_infinity_loses_to_every_number():
    x = np.array([[-np.inf, -1e300], [-np.inf, -np.inf]])[None, None]
    y, cache = ops.max_pool2d_forward(x, 2)
    assert y.item() == -1e300
    assert np.array_equal(ops.max_pool2d_backward(np.ones_like(y), cache)[0, 0], [[0, 1], [0, 0]])


def test_a_window_of_nothing_but_minus_infinity_is_a_tie():
    y, cache = ops.max_pool2d_forward(np.full((1, 1, 2, 2), -np.inf), 2)
    assert y.item() == -np.inf
    assert np.array_equal(ops.max_pool2d_backward(np.ones_like(y), cache)[0, 0], [[1, 0], [0, 0]])


@pytest.mark.parametrize("winner", [0, 254, 255, 256, 299])
def test_windows_of_more_than_256_pixels(winner):
    """The places in a window are counted with as few bits as will do: 8 do not do here."""
    x = np.zeros((1, 1, 15, 20))
    x.flat[winner] = 1
    y, cache = ops.max_pool2d_forward(x, (15, 20))
    assert np.array_equal(ops.max_pool2d_backward(np.full_like(y, 7), cache), 7 * x)


@pytest.mark.parametrize("pool", [ops.max_pool2d_forward, ops.max_pool2d_naive])
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
        ((1, 1, 4, 4), {"kernel_size": 0}, ArgumentError, r"kernel_size and stride of at least 1"),
        ((1, 1, 4, 4), {"kernel_size": 2, "stride": 0}, ArgumentError, r"stride of at least 1.*stride=0"),
        (
            (1, 1, 4, 4),
            {"kernel_size": 3, "padding": 2},
            ArgumentError,
            r"half the 3 x 3 window, got 2.*nothing but padding",
        ),
        (
            (1, 1, 4, 4),
            {"kernel_size": (4, 3), "padding": (2, 2)},
            ArgumentError,
            r"half the 4 x 3 window, got \(2, 2\)",
        ),
        (
            (1, 1, 4, 4),
            {"kernel_size": (3, 4), "padding": (2, 2)},
            ArgumentError,
            r"half the 3 x 4 window, got \(2, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(pool, shape, options, error, words):
    with pytest.raises(error, match="^max_pool2d: expected .*" + words):
        pool(np.zeros(shape), **options)
