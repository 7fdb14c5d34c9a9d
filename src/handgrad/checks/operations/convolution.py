"""Convolution and linear layers: right answers and cases."""

from collections.abc import Iterable, Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.checks.case import Case, generator, spread_out, upstream
from handgrad.checks.operations.operation import Arrays, Operation

AFFINE = {"dx": "x", "dweight": "weight", "dbias": "bias"}

CONVOLUTIONS = (  # N, C, H, W, O, KH, KW, stride, padding
    ("one small image", (1, 1, 3, 3, 1, 2, 2, 1, 0)),
    ("a 1x1 kernel", (1, 1, 2, 3, 1, 1, 1, 1, 0)),
    ("two filters", (1, 1, 3, 3, 2, 2, 2, 1, 0)),
    ("two images", (2, 1, 3, 3, 1, 2, 2, 1, 0)),
    ("a rectangular kernel", (1, 1, 3, 4, 1, 2, 3, 1, 0)),
    ("padding", (1, 1, 3, 3, 1, 2, 2, 1, 1)),
    ("three channels, an image that is not square", (1, 3, 3, 4, 1, 2, 2, 1, 0)),
    ("stride 2", (1, 1, 4, 4, 1, 2, 2, 2, 0)),
    ("stride 2, windows that overlap", (1, 1, 5, 5, 1, 3, 3, 2, 0)),
    ("stride 2, a row and column left over", (2, 1, 6, 6, 1, 3, 3, 2, 0)),
    ("as many channels out as in", (2, 2, 4, 4, 2, 3, 3, 1, 0)),
    ("padding, not square", (2, 2, 3, 4, 3, 3, 3, 1, 1)),
    ("stride 2 with padding", (1, 1, 5, 5, 1, 3, 3, 2, 1)),
    ("five images, three channels", (5, 3, 4, 5, 2, 3, 3, 1, 0)),
    ("everything at once", (5, 3, 5, 4, 2, 3, 2, 2, 1)),
)


def conv2d_case(title: str, sizes: tuple[int, ...], *tags: str) -> Case:
    """One case of a convolution."""
    N, C, H, W, O, KH, KW, stride, padding = sizes
    rng = generator("conv2d", sizes)
    arrays = {
        "x": spread_out(rng, N, C, H, W),
        "weight": spread_out(rng, O, C, KH, KW),
        "bias": spread_out(rng, O),
    }
    settings = {"stride": stride, "padding": padding}
    OH, OW = ops.output_size(H, KH, stride, padding), ops.output_size(W, KW, stride, padding)
    return Case(title, settings, arrays, upstream(rng, N, O, OH, OW), frozenset(tags))


def conv2d_cases() -> Iterable[Case]:
    """Kernels 1x1, square and rectangular, stride 1 and 2, padding 0 and 1, one to three channels."""
    for title, sizes in CONVOLUTIONS:
        yield conv2d_case(title, sizes)
    yield conv2d_case("an input that is a transposed view", (2, 2, 4, 3, 1, 2, 2, 1, 0), "strided")
    whole = conv2d_case("whole numbers", (1, 1, 3, 4, 1, 2, 2, 1, 0), "integers", "forward")
    yield Case(whole.title, whole.settings, {**whole.arrays, "x": as_bytes(whole.x)}, whole.dy, whole.tags)


def as_bytes(x: AnyArray) -> AnyArray:
    """Pixels as files have them, so that sums of whole numbers can go wrong."""
    return np.argsort(np.argsort(x, axis=None)).reshape(x.shape).astype(np.int64)


def conv2d_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The naive loops forward; backward what `handgrad.ops` says, itself tested by finite differences."""
    x, where = case.x.astype(np.float64), (case.stride, case.padding)
    _, cache = ops.conv2d_forward(x, case.weight, case.bias, *where)
    dx, dweight, dbias = ops.conv2d_backward(case.dy, cache)
    convolve = ops.conv2d_naive if case.size < 2000 else _convolve  # loops are slow for the usual sizes
    y = convolve(x, case.weight, case.bias, *where)
    return {"forward": y, "dx": dx, "dweight": dweight, "dbias": np.asarray(dbias)}


def _convolve(x: Array, weight: Array, bias: Array, stride: int, padding: int) -> Array:
    return ops.conv2d_forward(x, weight, bias, stride, padding)[0]


LINEARS = (  # N, I, O
    ("one small row", (1, 2, 2)),
    ("one row", (1, 3, 2)),
    ("as many rows as outputs", (3, 2, 3)),
    ("as many outputs as inputs", (2, 3, 3)),
    ("more outputs than inputs", (2, 2, 5)),
    ("five rows", (5, 4, 3)),
)


def linear_case(title: str, x_shape: tuple[int, ...], O: int, features: int, *tags: str) -> Case:
    """One case of a linear layer, whose x may have more than two axes."""
    rng = generator("linear", x_shape, O)
    arrays = {
        "x": spread_out(rng, *x_shape),
        "weight": spread_out(rng, O, features),
        "bias": spread_out(rng, O),
    }
    y_shape = (*x_shape[:-1], O) if "sequence" in tags else (x_shape[0], O)
    return Case(title, {}, arrays, upstream(rng, *y_shape), frozenset(tags))


def linear_cases() -> Iterable[Case]:
    """Rows, and for courses whose layer takes more axes: maps that are flattened, and sequences."""
    for title, (N, I, O) in LINEARS:
        yield linear_case(title, (N, I), O, I)
    yield linear_case("maps, which the layer flattens", (2, 2, 2, 3), 3, 12, "maps")
    yield linear_case("three axes", (2, 3, 4), 2, 4, "sequence")
    yield linear_case("an input that is a transposed view", (3, 4), 2, 4, "strided")


def linear_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """y = x Wᵀ + b and its three gradients."""
    I = case.weight.shape[1]
    rows, dy = case.x.reshape(-1, I), case.dy.reshape(-1, len(case.weight))  # (N, ...) -> (N, I)
    y, cache = ops.linear_forward(rows, case.weight, case.bias)
    dx, dweight, dbias = ops.linear_backward(dy, cache)
    return {
        "forward": y.reshape(case.dy.shape),
        "dx": dx.reshape(case.x.shape),
        "dweight": dweight,
        "dbias": np.asarray(dbias),
    }


OPERATIONS = (
    Operation("conv2d", conv2d_right, conv2d_cases, AFFINE),
    Operation("linear", linear_right, linear_cases, AFFINE),
)
