"""cmu10601: the functions of ``cnn_lenet``, on feature maps of (height·width·channel, batch)."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.operations.updates import update_cases
from handgrad.checks.passes import cmu10601
from handgrad.checks.styles.interface import Interface, Layout, Style, rows_only, square


def _columns(case: Case, maps: AnyArray) -> AnyArray:
    rows = maps.transpose(0, 2, 3, 1).reshape(len(maps), -1) if maps.ndim == 4 else maps
    return np.ascontiguousarray(rows.T)  # (N, C, H, W) or (N, I) -> (h·w·c, N)


def _maps(which: str) -> Any:
    def back(case: Case, columns: AnyArray) -> AnyArray:
        like = case.x.shape if which == "x" else np.shape(case.dy)
        if len(like) == 2:
            return columns.T
        N, C, H, W = like
        return columns.T.reshape(N, H, W, C).transpose(0, 3, 1, 2)

    return back


MAPS = {"x": Layout(_columns, _maps("x")), "y": Layout(_columns, _maps("y"))}
KERNELS = Layout(
    lambda case, w: w.transpose(2, 3, 1, 0).reshape(-1, len(w)),  # (O, C, k, k) -> (k·k·C, O)
    lambda case, w: w.reshape(*case.weight.shape[2:], -1, len(case.weight)).transpose(3, 2, 0, 1),
)
IN_OUT = Layout(lambda case, w: w.T, lambda case, w: w.T)  # (O, I) -> (I, O)


ONE_IMAGE = Layout(
    lambda case, x: x.reshape(case.C, case.H, case.W).transpose(1, 2, 0).reshape(-1),  # -> (h·w·c,)
    lambda case, x: x.reshape(case.H, case.W, case.C).transpose(2, 0, 1)[None],
)
ONE_COLUMNS = Layout(
    lambda case, col: (
        col.reshape(case.C, case.K, case.K, -1).transpose(1, 2, 0, 3).reshape(col.shape)
    ),  # (C·k·k, P) -> (k·k·C, P)
    lambda case, col: col.reshape(case.K, case.K, case.C, -1).transpose(2, 0, 1, 3).reshape(col.shape),
)


ONE_MAP = Layout(
    lambda case, y: y.transpose(1, 2, 0).reshape(-1),  # (C, H, W) -> (h·w·c,)
    lambda case, y: y,
)


def _rule() -> Iterable[Case]:
    return update_cases(decay_bias=False, inside=True, bias_rate=2.0)


STYLE = Style(
    "cmu10601",
    (
        Interface(cmu10601.CONVOLUTION, {**MAPS, "weight": KERNELS}, square),
        Interface(cmu10601.POOLING, MAPS, square),
        Interface(cmu10601.RELU, MAPS),
        Interface(cmu10601.ELU, MAPS),
        Interface(cmu10601.PRODUCT, {**MAPS, "weight": IN_OUT}, rows_only),
        Interface(cmu10601.IM2COL, {"x": ONE_IMAGE, "y": ONE_COLUMNS}),
        Interface(cmu10601.COL2IM, {"x": ONE_COLUMNS, "y": ONE_MAP}),
        Interface(cmu10601.LOSS),
        Interface(cmu10601.UPDATE, cases=_rule),
        Interface(cmu10601.RATE),
    ),
)
