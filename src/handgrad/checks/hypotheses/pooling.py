"""Mistakes of pooling: ties, misplaced gradients, mixed axes, a division that is missing."""

from collections.abc import Iterable

import numpy as np

from handgrad import ops
from handgrad._typing import Array
from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import (
    Hypothesis,
    Pattern,
    Prediction,
    failing,
    only_where,
)
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays
from handgrad.checks.operations.pooling import window
from handgrad.ops.windows import pad

MAX, AVERAGE = ("max_pool2d",), ("avg_pool2d",)


def every_tie(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Each of several equal maxima receives all of dy."""
    yield "dy given to every maximum of a window, in full", _each_window(case, _to_maxima)


def _to_maxima(patch: Array, dy: float, into: Array) -> None:
    into += (patch == patch.max()) * dy


def overwritten(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A later window overwrites what an earlier one gave to the same pixel."""

    def whole(patch: Array, dy: float, into: Array) -> None:
        into[...] = (patch == patch.max()) * dy

    def pixel(patch: Array, dy: float, into: Array) -> None:
        into[np.unravel_index(patch.argmax(), patch.shape)] = dy

    yield (
        "windows that overlap overwrite each other's pixels (= where += is needed)",
        _each_window(case, pixel),
    )
    yield "windows that overlap overwrite each other (= where += is needed)", _each_window(case, whole)


def misplaced(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The place of the maximum decoded wrongly, or the window's own place forgotten."""
    (KH, KW), s, p = window(case)
    H, W = case.x.shape[2:]

    def place(decode: str) -> Array:
        padded = np.pad(case.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
        dx = np.zeros(padded.shape)
        for n, c, u, v in np.ndindex(case.dy.shape):
            patch = padded[n, c, u * s : u * s + KH, v * s : v * s + KW]
            i, j = (int(index) for index in np.unravel_index(patch.argmax(), patch.shape))
            row, column = u * s + i, v * s + j
            if decode == "swapped":
                row, column = u * s + j, v * s + i
            elif decode == "divided by the height":
                flat = int(patch.argmax())
                row, column = u * s + flat // KH, v * s + flat % KH
            elif decode == "first":
                row, column = u * s, v * s
            elif decode == "smallest":
                i, j = (int(index) for index in np.unravel_index(patch.argmin(), patch.shape))
                row, column = u * s + i, v * s + j
            if row < len(dx[n, c]) and column < len(dx[n, c, 0]):
                dx[n, c, row, column] += case.dy[n, c, u, v]
        return dx[:, :, p : p + H, p : p + W]

    words = {
        "swapped": "row and column within the window exchanged",
        "divided by the height": "the place within the window decoded with its height, not its width",
        "first": "dy given to each window's first pixel",
        "smallest": "dy given to each window's smallest pixel",
    }
    for decode, text in words.items():
        yield text, place(decode)


def _each_window(case: Case, share: object) -> Array:
    (KH, KW), s, p = window(case)
    H, W = case.x.shape[2:]
    padded = np.pad(case.x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
    dx = np.zeros(padded.shape)
    assert callable(share)
    for n, c, u, v in np.ndindex(case.dy.shape):
        part = (n, c, slice(u * s, u * s + KH), slice(v * s, v * s + KW))
        share(padded[part], case.dy[n, c, u, v], dx[part])
    return dx[:, :, p : p + H, p : p + W]


def unstrided(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Windows stepped through by 1, or by their own size, whatever the stride."""
    (KH, KW), s, p = window(case)
    H, W = case.x.shape[2:]
    dy = case.dy
    outputs = dy.shape[2:]
    needed = [max(H, W) + 2 * p + max(KH, KW) * max(outputs)] * 2
    _, (winner, *_) = ops.max_pool2d_forward(case.x.astype(float), (KH, KW), s, p)
    for words, (down, across) in {
        "by one pixel": (1, 1),
        "by their own size": (KH, KW),
    }.items():
        own, seen = np.zeros((*case.x.shape[:2], *needed)), np.zeros((*case.x.shape[:2], *needed))
        assigned = np.zeros((*case.x.shape[:2], *needed))
        padded = np.full(own.shape, -np.inf)
        padded[:, :, p : p + H, p : p + W] = case.x
        for n, c, u, v in np.ndindex(dy.shape):
            i, j = divmod(int(winner[n, c, u, v]), KW)
            own[n, c, u * down + i, v * across + j] += dy[n, c, u, v]
            patch = padded[n, c, u * down : u * down + KH, v * across : v * across + KW]
            if np.isfinite(patch).any():
                i, j = (int(index) for index in np.unravel_index(patch.argmax(), patch.shape))
                seen[n, c, u * down + i, v * across + j] += dy[n, c, u, v]
                assigned[n, c, u * down + i, v * across + j] = dy[n, c, u, v]
        for how, dx in ((", with the right winners", own), ("", seen), (", overwriting", assigned)):
            yield f"what windows stepped through {words} give{how}", dx[:, :, p : p + H, p : p + W]


def unstrided_average(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The same for means."""
    (KH, KW), _, p = window(case)
    H, W = case.x.shape[2:]
    dy = case.dy
    for words, (down, across) in {"by one pixel": (1, 1), "by their own size": (KH, KW)}.items():
        dx = np.zeros((*dy.shape[:2], H + 2 * p + KH * dy.shape[2], W + 2 * p + KW * dy.shape[3]))
        for u, v in np.ndindex(*dy.shape[2:]):
            share = dy[:, :, u, v, None, None] / (KH * KW)
            dx[:, :, u * down : u * down + KH, v * across : v * across + KW] += share
        yield f"what windows stepped through {words} give", dx[:, :, p : p + H, p : p + W]


def unpadded_max(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Of max-pooling."""
    yield from _unpadded(case, average=False)


def unpadded_average(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Of average-pooling."""
    yield from _unpadded(case, average=True)


def _unpadded(case: Case, *, average: bool) -> Iterable[Prediction]:
    """dx of the padded map, cut in the wrong place or not at all."""
    (KH, KW), s, p = window(case)
    if not p:
        return
    H, W = case.x.shape[2:]
    padded = np.pad(case.x.astype(float), ((0, 0), (0, 0), (p, p), (p, p)))
    if average:
        back = ops.avg_pool2d_backward(case.dy, ops.avg_pool2d_forward(padded, (KH, KW), s)[1])
    else:
        back = ops.max_pool2d_backward(case.dy, ops.max_pool2d_forward(padded, (KH, KW), s)[1])
    yield "dx of the padded map, with its border still on", back
    yield "dx of the padded map, cut off at its top left corner", back[:, :, :H, :W]
    yield "dx of the padded map, cut off at its bottom right corner", back[:, :, 2 * p :, 2 * p :]


def mixed(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The columns of im2col folded so that channels and places in the window are exchanged."""
    C = case.x.shape[1]
    if C == 1:
        return
    (KH, KW), s, p = window(case)
    columns = ops.im2col(pad(case.x.astype(float), p), (KH, KW), s)  # -> (N, C·KH·KW, P)
    N, _, P = columns.shape
    shape = right["forward"].shape
    folded = columns.reshape(N, KH * KW, C, P)
    by_place = columns.reshape(N, C, KH * KW, P).swapaxes(1, 2).reshape(N, C, KH * KW, P)
    yield "the columns of im2col folded as (window, channels)", folded.max(axis=1).reshape(shape)
    yield (
        "columns in (window, channel) order folded as (channels, window)",
        by_place.max(axis=2).reshape(shape),
    )


def not_divided(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Sums where means belong."""
    KH, KW = case.kernel_size
    yield "KH·KW times the right one: the sum of the window, not its mean", right[what] * (KH * KW)
    if KH > 1:
        yield "divided by one side of the window only", right[what] * KH


def divided_twice(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The division made twice, or by another number."""
    KH, KW = case.kernel_size
    yield "divided by KH·KW twice", right[what] / (KH * KW)


def floors(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The sum of a window divided with //, or dy // KH·KW."""
    if what == "forward":
        yield "the window's sum // its size", np.floor(right[what])
        return
    (KH, KW), s, p = window(case)
    cut = Case(case.title, case.settings, case.arrays, np.floor(case.dy / (KH * KW)) * (KH * KW))
    _, cache = ops.avg_pool2d_forward(case.x.astype(float), (KH, KW), s, p)
    yield "dy // the window's size", ops.avg_pool2d_backward(cut.dy, cache)


def _amounts(observations: list[Observation], what: str) -> str:
    """Whether dx adds up to what the right one adds up to, in each channel, in another place."""
    bad = [seen for seen in failing(observations, what) if seen.wrong.get(what) == "values"]
    same = [
        seen
        for seen in bad
        if np.isclose(seen.outcome.got[what].sum(), seen.expected[what].sum(), rtol=1e-6, atol=1e-9)
    ]
    if bad and len(same) == len(bad):
        return "dx adds up to the right total in every case, but stands in other places"
    return ""


def _backward_alone(observations: list[Observation], what: str) -> str:
    if failing(observations, what) and not failing(observations, "forward"):
        if only_where(observations, what, lambda case: case.stride < max(case.kernel_size)):
            return "dx is wrong exactly where windows overlap"
        return "the maxima are right, dx is not"
    return ""


def _steps(observations: list[Observation], what: str) -> str:
    def other(case: Case) -> bool:
        return bool(case.stride != case.kernel_size[0] or case.stride != case.kernel_size[1])

    if only_where(observations, what, other) and all(
        seen.outcome.raised for seen in failing(observations, what)
    ):
        return "it stops in every case whose stride is not the window's size, and is right in all others"
    return ""


def _channels(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: case.x.shape[1] > 1):
        return f"{what} is wrong in every case with several channels and right in every case with one"
    return ""


HYPOTHESES = (
    Hypothesis("max-pool-gradient-to-every-tie", MAX, ("dx",), every_tie, 1.2),
    Hypothesis("max-pool-gradient-misplaced", MAX, ("dx",), overwritten),
    Hypothesis("max-pool-gradient-misplaced", MAX, ("dx",), misplaced),
    Hypothesis("stride-ignored-in-backward", MAX, ("dx",), unstrided),
    Hypothesis("stride-ignored-in-backward", AVERAGE, ("dx",), unstrided_average),
    Hypothesis("padding-ignored-in-backward", MAX, ("dx",), unpadded_max),
    Hypothesis("padding-ignored-in-backward", AVERAGE, ("dx",), unpadded_average),
    Hypothesis("max-pool-mixes-channels-and-window", MAX, ("forward",), mixed),
    Hypothesis("average-pool-not-divided", AVERAGE, ("forward", "dx"), not_divided),
    Hypothesis("integer-division", AVERAGE, ("forward", "dx"), floors, 1.1),
)

PATTERNS = (
    Pattern("stride-ignored-in-backward", (*MAX, *AVERAGE), ("dx", "backward"), _steps, 0.5),
    Pattern("max-pool-gradient-misplaced", MAX, ("dx",), _amounts, 0.65),
    Pattern("max-pool-gradient-misplaced", MAX, ("dx", "backward"), _backward_alone, 0.4),
    Pattern("max-pool-mixes-channels-and-window", MAX, ("forward", "dx"), _channels, 0.7),
)
