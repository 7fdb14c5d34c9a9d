import numpy as np
import pytest
import scipy.signal
from hypothesis import assume, given
from hypothesis import strategies as st

from handgrad import ops
from handgrad.errors import ArgumentError, ShapeError
from tests.op_cases import CASES, Case, conv
from tests.op_checks import check_directional, check_forward, close
from tests.ops.geometries import Geometry, geometries, thorough
from tests.ops.oracles import both


def correlated(x, weight, bias=None, stride=1, padding=0, groups=1):
    """SciPy's cross-correlation, channel by channel; of its outputs every stride-th."""
    (SH, SW), (PH, PW) = both(stride), both(padding)
    x = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    outputs, channels = len(weight) // groups, weight.shape[1]
    return np.array(
        [
            [
                sum(
                    scipy.signal.correlate2d(image[o // outputs * channels + c], weight[o, c], mode="valid")
                    for c in range(channels)
                )[::SH, ::SW]
                + (0 if bias is None else bias[o])
                for o in range(len(weight))
            ]
            for image in x
        ]
    )


@pytest.mark.parametrize("case", [case for case in CASES if case.op == "conv2d"], ids=str)
@pytest.mark.parametrize("convolve", [lambda **given: ops.conv2d_forward(**given)[0], ops.conv2d_naive])
def test_scipy_agrees(case, convolve):
    arrays = case.make()
    close(convolve(**arrays, **case.options), correlated(**arrays, **case.options), 1e-12, "y")


@given(geometries(), st.integers(1, 3), st.integers(1, 2), st.booleans())
@thorough
def test_any_geometry(geometry: Geometry, groups: int, outputs: int, has_bias: bool):
    """The channels drawn are those of one group."""
    assume(geometry.fits)
    N, C, H, W = geometry.shape
    arrays = conv((N, C * groups, H, W), (outputs * groups, C, *geometry.kernel))
    options = {"stride": geometry.stride, "padding": geometry.padding, "groups": groups}
    if not has_bias:
        del arrays["bias"]
    case = Case("conv2d", "conv2d", arrays, options)
    check_forward(case)
    check_directional(case)


def test_the_kernel_is_not_rotated():
    x, weight = np.zeros((1, 1, 3, 3)), np.arange(9.0).reshape(1, 1, 3, 3)
    x[0, 0, 0, 0] = 1
    assert ops.conv2d_forward(x, weight)[0].item() == 0  # the pixel meets weight[0, 0], not weight[2, 2]
    assert ops.conv2d_naive(x, weight).item() == 0


def test_groups_are_convolutions_side_by_side():
    rng = np.random.default_rng(0)
    x, weight, bias = rng.normal(size=(2, 6, 5, 4)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    apart = [
        ops.conv2d_forward(x[:, 3 * g : 3 * g + 3], weight[2 * g : 2 * g + 2], bias[2 * g : 2 * g + 2])[0]
        for g in (0, 1)
    ]
    close(ops.conv2d_forward(x, weight, bias, groups=2)[0], np.concatenate(apart, axis=1), 1e-12, "y")


def test_no_images_give_no_outputs_and_no_gradient():
    y, cache = ops.conv2d_forward(np.zeros((0, 2, 4, 4)), np.ones((6, 1, 3, 3)), np.ones(6), groups=2)
    dx, dweight, dbias = ops.conv2d_backward(y, cache)
    assert (y.shape, dx.shape) == ((0, 6, 2, 2), (0, 2, 4, 4))
    assert not dweight.any()
    assert not dbias.any()


def with_shapes(x=(2, 4, 5, 5), weight=(6, 2, 3, 3), bias=(6,), **options):
    return {"x": np.zeros(x), "weight": np.zeros(weight), "bias": np.zeros(bias), "groups": 2} | options


@pytest.mark.parametrize("convolve", [ops.conv2d_forward, ops.conv2d_naive])
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            with_shapes(weight=(6, 18)),
            ShapeError,
            r"weight of shape \(O, C / groups, KH, KW\), got \(6, 18\)",
        ),
        (with_shapes(x=(4, 5, 5)), ShapeError, r"x of shape \(N, C, H, W\), got \(4, 5, 5\)"),
        (with_shapes(x=(2, 4, 2, 5)), ShapeError, r"maps of at least 3 x 3 pixels .* got 2 x 5"),
        (
            with_shapes(x=(2, 3, 5, 5)),
            ShapeError,
            r"x of shape \(N, 4, H, W\), got \(2, 3, 5, 5\).*layer before",
        ),
        (with_shapes(groups=1), ShapeError, r"x of shape \(N, 2, H, W\), got \(2, 4, 5, 5\)"),
        (with_shapes(groups=4), ArgumentError, r"groups that divide the 6 output channels, got 4"),
        (with_shapes(groups=0), ArgumentError, r"groups that divide the 6 output channels, got 0"),
        (with_shapes(bias=(5,)), ShapeError, r"bias of shape \(6,\), got \(5,\)"),
        (with_shapes(bias=(1, 6)), ShapeError, r"bias of shape \(6,\), got \(1, 6\)"),
        (with_shapes(bias=(6, 1)), ShapeError, r"bias of shape \(6,\), got \(6, 1\)"),
        (with_shapes(stride=0), ArgumentError, r"stride of at least 1"),
        (with_shapes(padding=-1), ArgumentError, r"padding of at least 0"),
    ],
)
def test_what_does_not_fit_is_refused(convolve, arguments, error, words):
    with pytest.raises(error, match="^conv2d: expected .*" + words):
        convolve(**arguments)
