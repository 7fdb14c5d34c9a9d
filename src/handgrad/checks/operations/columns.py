"""im2col and col2im, one image at a time: right answers and cases."""

from collections.abc import Iterable, Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray
from handgrad.checks.case import Case, generator, spread_out
from handgrad.checks.operations.operation import Arrays, Operation

SIZES = (  # C, H, W, K, stride, padding
    ("one small image", (1, 3, 3, 2, 1, 0)),
    ("an image that is not square", (1, 3, 4, 2, 1, 0)),
    ("two channels", (2, 3, 3, 2, 1, 0)),
    ("stride 2", (1, 4, 4, 2, 2, 0)),
    ("padding", (1, 3, 3, 2, 1, 1)),
    ("three channels, stride 2, padding", (3, 5, 4, 3, 2, 1)),
)


def _settings(C: int, H: int, W: int, K: int, stride: int, padding: int) -> dict[str, int]:
    outputs = {"OH": ops.output_size(H, K, stride, padding), "OW": ops.output_size(W, K, stride, padding)}
    return {"K": K, "stride": stride, "padding": padding, "C": C, "H": H, "W": W, **outputs}


def im2col_cases() -> Iterable[Case]:
    """One image with each mistake's own size."""
    for title, (C, *sizes) in SIZES:
        x = spread_out(generator("im2col", C, sizes), 1, C, *sizes[:2])
        yield Case(title, _settings(C, *sizes), {"x": x})
    x = spread_out(generator("im2col", "strided"), 1, 2, 3, 4)
    tags = frozenset({"strided"})
    yield Case("an input that is a transposed view", _settings(2, 3, 4, 2, 1, 0), {"x": x}, tags=tags)


def im2col_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """(C·K·K, P), rows in (channel, row, column) order."""
    return {"forward": ops.im2col(case.x, case.K, case.stride, case.padding)[0]}


def col2im_cases() -> Iterable[Case]:
    """Columns of the same sizes."""
    for case in im2col_cases():
        if "strided" not in case.tags:
            shape = case.C * case.K**2, case.OH * case.OW
            yield Case(case.title, case.settings, {"x": spread_out(generator("col2im", shape), *shape)})


def col2im_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """(C, H, W): each column added back to its window."""
    shape = 1, case.C, case.H, case.W
    y = ops.col2im(np.ascontiguousarray(case.x)[None], shape, case.K, case.stride, case.padding)
    return {"forward": y[0]}


OPERATIONS = (
    Operation("im2col", im2col_right, im2col_cases, {}),
    Operation("col2im", col2im_right, col2im_cases, {}, page="im2col"),
)
