"""Max- and average-pooling: right answers and cases."""

from collections.abc import Iterable, Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray
from handgrad.checks.case import Case, generator, spread_out, upstream
from handgrad.checks.operations.convolution import as_bytes
from handgrad.checks.operations.operation import Arrays, Operation

POOLINGS = (  # N, C, H, W, KH, KW, stride, padding
    ("one small image", (1, 1, 2, 4, 2, 2, 2, 0)),
    ("one square image", (1, 1, 4, 4, 2, 2, 2, 0)),
    ("two channels", (1, 2, 2, 4, 2, 2, 2, 0)),
    ("two images", (2, 1, 2, 4, 2, 2, 2, 0)),
    ("an image that is not square", (1, 1, 4, 6, 2, 2, 2, 0)),
    ("windows that overlap", (1, 1, 3, 3, 2, 2, 1, 0)),
    ("three channels", (1, 3, 4, 4, 2, 2, 2, 0)),
    ("a rectangular window", (1, 1, 3, 4, 2, 3, 1, 0)),
    ("windows of 3, stride 2", (1, 1, 5, 5, 3, 3, 2, 0)),
    ("windows of 3, side by side", (1, 2, 6, 3, 3, 3, 3, 0)),
    ("a row and a column left over", (1, 1, 5, 5, 2, 2, 2, 0)),
    ("padding", (1, 1, 4, 4, 2, 2, 2, 1)),
    ("padding, windows that overlap", (2, 2, 4, 5, 3, 3, 2, 1)),
    ("windows that overlap, two channels", (2, 2, 4, 5, 3, 3, 1, 0)),
    ("five images, three channels", (5, 3, 4, 6, 2, 2, 2, 0)),
)


def pooling_case(title: str, sizes: tuple[int, ...], *tags: str) -> Case:
    """One case of pooling; where there is padding x is positive, so that padded zeros never win."""
    N, C, H, W, KH, KW, stride, padding = sizes
    rng = generator("pooling", sizes)
    x = spread_out(rng, N, C, H, W)
    if padding:
        x = (x - x.min() + 0.1).round(3)
    elif "negative" in tags:
        x = (x - x.max() - 0.1).round(3)
    elif "ties" in tags:
        x = rng.integers(0, 2, x.shape).astype(np.float64)
    settings = {"kernel_size": (KH, KW), "stride": stride, "padding": padding}
    OH, OW = ops.output_size(H, KH, stride, padding), ops.output_size(W, KW, stride, padding)
    return Case(title, settings, {"x": x}, upstream(rng, N, C, OH, OW), frozenset(tags))


def pooling_cases() -> Iterable[Case]:
    """Windows side by side and overlapping, one to three channels, negative pixels."""
    for title, sizes in POOLINGS:
        yield pooling_case(title, sizes)
    yield pooling_case("negative pixels only", (1, 1, 4, 2, 2, 2, 2, 0), "negative")
    yield pooling_case("an input that is a transposed view", (1, 2, 4, 6, 2, 2, 2, 0), "strided")
    whole = pooling_case("whole numbers", (1, 1, 2, 4, 2, 2, 2, 0), "integers", "forward")
    yield Case(whole.title, whole.settings, {"x": as_bytes(whole.x)}, whole.dy, whole.tags)


def max_pool_cases() -> Iterable[Case]:
    """And equal maxima within a window."""
    yield from pooling_cases()
    yield pooling_case("equal maxima in a window", (1, 1, 2, 4, 2, 2, 2, 0), "ties")
    yield pooling_case("equal maxima in many windows", (2, 2, 4, 4, 2, 2, 2, 0), "ties")


def window(case: Case) -> tuple[tuple[int, int], int, int]:
    """kernel_size, stride, padding."""
    return case.kernel_size, case.stride, case.padding


def max_pool2d_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """At a tie any share of the gradient among the equal maxima is right, if it adds up to dy."""
    x = case.x.astype(np.float64)
    _, cache = ops.max_pool2d_forward(x, *window(case))
    dx = ops.max_pool2d_backward(case.dy, cache)
    if "ties" in case.tags and "dx" in got and got["dx"].shape == dx.shape and _shared(case, got["dx"]):
        dx = got["dx"]
    return {"forward": ops.max_pool2d_naive(x, *window(case)), "dx": dx}


def _shared(case: Case, dx: AnyArray) -> bool:
    """Whether each window's dy is shared out among its maxima only (windows do not overlap)."""
    (KH, KW), stride, _ = window(case)
    for n, c, u, v in np.ndindex(case.dy.shape):
        rows, columns = slice(u * stride, u * stride + KH), slice(v * stride, v * stride + KW)
        patch, part = case.x[n, c, rows, columns], dx[n, c, rows, columns]
        winners, share = patch == patch.max(), case.dy[n, c, u, v]
        sound = np.isclose(part.sum(), share) and np.allclose(part[~winners], 0)
        if not sound or (part[winners] * np.sign(share) < -1e-12).any():
            return False
    return True


def avg_pool2d_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Padding counts as zeros, in the divisor too."""
    x = case.x.astype(np.float64)
    _, cache = ops.avg_pool2d_forward(x, *window(case))
    return {
        "forward": ops.avg_pool2d_naive(x, *window(case)),
        "dx": ops.avg_pool2d_backward(case.dy, cache),
    }


OPERATIONS = (
    Operation("max_pool2d", max_pool2d_right, max_pool_cases),
    Operation("avg_pool2d", avg_pool2d_right, pooling_cases),
)
