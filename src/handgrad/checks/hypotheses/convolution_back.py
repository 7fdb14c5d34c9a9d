"""Padding and stride of a convolution forgotten on the way back."""

from collections.abc import Iterable

import numpy as np

from handgrad import ops
from handgrad._typing import Array
from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Prediction
from handgrad.checks.operations.operation import Arrays
from handgrad.ops.windows import every_window_at, pad

CONV = ("conv2d",)


def unpadded_dx(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dx on the padded map, cut in the wrong place or not at all."""
    p = case.padding
    if not p:
        return
    H, W = case.x.shape[2:]
    padded = padded_dx(case)
    yield "dx of the padded map, with its border still on", padded
    yield "dx of the padded map, cut off at its top left corner", padded[:, :, :H, :W]
    yield "dx of the padded map, cut off at its bottom right corner", padded[:, :, 2 * p :, 2 * p :]
    yield "dx without what reached the border's side of the windows", _clipped(case)


def padded_dx(case: Case) -> Array:
    """The gradient of the padded map."""
    x = pad(case.x, case.padding)
    _, cache = ops.conv2d_forward(x, case.weight, case.bias, case.stride, 0)
    return ops.conv2d_backward(case.dy, cache)[0]


def _clipped(case: Case) -> Array:
    """Windows laid on the unpadded map, cut off where they hang over its edge."""
    dx, s = np.zeros(case.x.shape), case.stride
    for n, o, u, v in np.ndindex(case.dy.shape):
        part = dx[n, :, u * s : u * s + case.weight.shape[2], v * s : v * s + case.weight.shape[3]]
        part += case.dy[n, o, u, v] * case.weight[o][:, : part.shape[1], : part.shape[2]]
    return dx


def unpadded_weight(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dweight from windows of the unpadded x."""
    if not case.padding:
        return
    p, s = case.padding, case.stride
    for words, border in (("at the bottom right", (0, 2 * p)), ("at the top left", (2 * p, 0))):
        x = np.pad(case.x, ((0, 0), (0, 0), border, border))
        yield f"that of an x without padding, missing numbers {words} taken as 0", _weights(case, x, s)
    OH, OW = (
        ops.output_size(size, K, s, 0)
        for size, K in zip(case.x.shape[2:], case.weight.shape[2:], strict=True)
    )
    if OH > 0 and OW > 0:
        dweight = np.zeros(case.weight.shape)
        for i, j in np.ndindex(*case.weight.shape[2:]):
            rows, columns = every_window_at(i, j, (OH, OW), s)
            dweight[:, :, i, j] = np.einsum(
                "nouv,ncuv->oc", case.dy[:, :, :OH, :OW], case.x[:, :, rows, columns]
            )
        yield "that of the windows which lie within the unpadded x", dweight


def unstrided_weight(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dweight from neighbouring windows, as with stride 1."""
    if case.stride > 1:
        yield "that of windows with stride 1", _weights(case, pad(case.x, case.padding), 1)


def _weights(case: Case, x: Array, stride: int) -> Array:
    dy = case.dy
    dweight = np.zeros(case.weight.shape)
    for i, j in np.ndindex(*case.weight.shape[2:]):
        rows, columns = every_window_at(i, j, dy.shape[2:], stride)
        dweight[:, :, i, j] = np.einsum("nouv,ncuv->oc", dy, x[:, :, rows, columns])
    return dweight


def unstrided_dx(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dx from windows laid side by side with stride 1."""
    if case.stride == 1:
        return
    dy, p = case.dy, case.padding
    N, C, H, W = case.x.shape
    KH, KW = case.weight.shape[2:]
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p))
    for i, j in np.ndindex(KH, KW):
        rows, columns = every_window_at(i, j, dy.shape[2:], 1)
        padded[:, :, rows, columns] += np.einsum("nouv,oc->ncuv", dy, case.weight[:, :, i, j])
    yield "what windows with stride 1 give", padded[:, :, p : p + H, p : p + W]
    yield (
        "what windows with stride 1 give, cut to them",
        padded[:, :, p : p + dy.shape[2] + KH - 1 - p, p : p + dy.shape[3] + KW - 1 - p],
    )


HYPOTHESES = (
    Hypothesis("padding-ignored-in-backward", CONV, ("dx",), unpadded_dx),
    Hypothesis("padding-ignored-in-backward", CONV, ("dweight",), unpadded_weight),
    Hypothesis("stride-ignored-in-backward", CONV, ("dweight",), unstrided_weight),
    Hypothesis("stride-ignored-in-backward", CONV, ("dx",), unstrided_dx),
)
