"""Mistakes of convolutions: flips, missing bias, padding and stride forgotten on the way back."""

from collections.abc import Iterable

import numpy as np

from handgrad import ops
from handgrad._typing import Array
from handgrad.checks.case import Case
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern, Prediction, failing, only_where
from handgrad.checks.observing import Observation
from handgrad.checks.operations.operation import Arrays
from handgrad.ops.windows import pad

CONV = ("conv2d",)


def _twisted(case: Case) -> Iterable[tuple[str, Array]]:
    yield "turned by 180°", case.weight[:, :, ::-1, ::-1]
    yield "mirrored left to right", case.weight[:, :, :, ::-1]
    yield "mirrored top to bottom", case.weight[:, :, ::-1]
    if case.weight.shape[2] == case.weight.shape[3]:
        yield "turned by 90° to the left", np.rot90(case.weight, 1, (2, 3))
        yield "turned by 90° to the right", np.rot90(case.weight, -1, (2, 3))


def flipped(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Forward with a twisted kernel: a true convolution."""
    for words, weight in _twisted(case):
        y, _ = ops.conv2d_forward(case.x.astype(float), weight, case.bias, case.stride, case.padding)
        also = ": a true convolution, not a cross-correlation" if "180" in words else ""
        yield f"what the kernel {words} gives{also}", y


def flipped_weights(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A weight gradient that is turned."""
    yield "the right one turned by 180°", right["dweight"][:, :, ::-1, ::-1]


def flipped_back(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dx with the kernel turned once too often, or once too few."""
    for words, weight in _twisted(case):
        _, cache = ops.conv2d_forward(case.x, weight, case.bias, case.stride, case.padding)
        yield f"what the kernel {words} gives", ops.conv2d_backward(case.dy, cache)[0]


def exchanged(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Two axes of the weight exchanged."""
    for words, axes in (
        ("rows and columns of the kernel exchanged", (0, 1, 3, 2)),
        ("the axes of outputs and inputs exchanged", (1, 0, 2, 3)),
    ):
        weight = case.weight.transpose(axes)
        if weight.shape == case.weight.shape:
            x = case.x.astype(float)
            y, cache = ops.conv2d_forward(x, weight, case.bias, case.stride, case.padding)
            found = {"forward": y, "dx": ops.conv2d_backward(case.dy, cache)[0]}
            yield f"what the weight with {words} gives", found[what]


def shuffled(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The weight matrix made by reshape in another order of axes."""
    for axes in _ORDERS:
        weight = np.ascontiguousarray(case.weight.transpose(axes)).reshape(case.weight.shape)
        x = case.x.astype(float)
        y, cache = ops.conv2d_forward(x, weight, case.bias, case.stride, case.padding)
        found = {"forward": y, "dx": ops.conv2d_backward(case.dy, cache)[0]}
        yield f"what the weight gives with its axes read in the order {axes}", found[what]
    for words, weight in _matrices(case.weight):
        x = case.x.astype(float)
        y, cache = ops.conv2d_forward(x, weight, case.bias, case.stride, case.padding)
        found = {"forward": y, "dx": ops.conv2d_backward(case.dy, cache)[0]}
        yield f"what the weight gives as {words}, reshaped where it should be transposed", found[what]


def _matrices(weight: Array) -> Iterable[tuple[str, Array]]:
    """The weight as a matrix in two layouts, its numbers in the transposed order."""
    O, C, KH, KW = weight.shape
    rows = weight.reshape(O, -1)  # -> (O, C·KH·KW)
    yield "a matrix (out, in)", rows.T.reshape(O, -1).reshape(weight.shape)
    yield "a matrix (out, in), shuffled", rows.reshape(-1, O).T.reshape(weight.shape)
    columns = weight.transpose(2, 3, 1, 0).reshape(-1, O)  # -> (KH·KW·C, O)
    for words, other in (("", columns.T.reshape(-1, O)), (", shuffled", columns.reshape(O, -1).T)):
        yield f"a matrix (in, out){words}", other.reshape(KH, KW, C, O).transpose(3, 2, 0, 1)


_ORDERS = ((0, 2, 3, 1), (0, 3, 1, 2), (0, 2, 1, 3), (0, 3, 2, 1), (1, 2, 3, 0), (2, 3, 1, 0))


def no_bias(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """The bias is never added."""
    y = right["forward"]
    yield "the right one without the bias", y - (case.bias[:, None, None] if y.ndim == 4 else case.bias)


def bias_parts(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """dbias summed over some of batch and positions only."""
    dy = case.dy
    for axes in ((0,), (0, 2), (0, 3)):
        yield f"dy summed over axes {axes}, not over (0, 2, 3)", dy.sum(axis=axes)
    yield "dy summed over batch and columns, of the first row", dy.sum(axis=(0, 3))[:, 0]
    yield "dy summed over batch and rows, of the first column", dy.sum(axis=(0, 2))[:, 0]
    yield "dy summed over the batch at the first position only", dy[:, :, 0, 0].sum(axis=0)
    yield "dy summed over the batch at the last position only", dy[:, :, -1, -1].sum(axis=0)
    yield "the mean of dy over positions, not the sum", dy.mean(axis=(2, 3)).sum(axis=0)


def wrong_strides(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """Windows that hand-made strides take from other places of the memory."""
    x, (KH, KW), s = pad(case.x.astype(float), case.padding), case.weight.shape[2:], case.stride
    y = right["forward"]
    N, C, H, W = x.shape
    OH, OW = y.shape[2:]
    flat = np.append(np.ascontiguousarray(x).ravel(), np.zeros(x.size * (s + 1)))
    batch, channel, row = C * H * W, H * W, W
    for words, steps in {
        "one pixel from window to window, whatever the stride": (batch, channel, row, 1, row, 1),
        "one row from window to window downwards, whatever the stride": (batch, channel, row, s, row, 1),
        "one pixel from window to window sideways, whatever the stride": (batch, channel, s * row, 1, row, 1),
        "the stride within the window too": (batch, channel, s * row, s, s * row, s),
        "the height of a map for its width": (batch, channel, s * H, s, H, 1),
        "rows and columns of the window exchanged": (batch, channel, s * row, s, 1, row),
        "rows and columns of the output exchanged": (batch, channel, s, s * row, row, 1),
    }.items():
        sizes = (N, C, OH, OW, KH, KW)
        place = sum(
            np.arange(size).reshape(-1, *[1] * (5 - axis)) * step
            for axis, (size, step) in enumerate(zip(sizes, steps, strict=True))
        )
        windows = flat[np.minimum(place, len(flat) - 1)]
        made = np.einsum("ncuvij,ocij->nouv", windows, case.weight) + case.bias[:, None, None]
        yield f"what strides of {words} give", made


def memory_order(case: Case, right: Arrays, what: str) -> Iterable[Prediction]:
    """A view read as if it lay in memory row by row."""
    if "strided" in case.tags:
        x = np.ascontiguousarray(case.x.swapaxes(-1, -2)).reshape(case.x.shape)
        y, cache = ops.conv2d_forward(x, case.weight, case.bias, case.stride, case.padding)
        dx, dweight, _ = ops.conv2d_backward(case.dy, cache)
        yield (
            "what x gives when its memory is read row by row",
            {"forward": y, "dx": dx, "dweight": dweight}[what],
        )


def _only_padding(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: case.padding > 0):
        return f"{what} is wrong in every case with padding and right in every case without"
    return ""


def _only_stride(observations: list[Observation], what: str) -> str:
    if only_where(observations, what, lambda case: case.stride > 1):
        return f"{what} is wrong in every case with stride 2 and right in every case with stride 1"
    return ""


def _bias_alone(observations: list[Observation], what: str) -> str:
    others = ("forward", "dx", "dweight")
    if failing(observations, what) and not any(failing(observations, name) for name in others):
        return "everything but dbias is right; dbias is dy summed over batch, rows and columns"
    return ""


BACK = ("dx", "dweight", "dbias")
WINDOWS = ("conv2d", "avg_pool2d")

HYPOTHESES = (
    Hypothesis("kernel-flipped", CONV, ("forward",), flipped),
    Hypothesis("kernel-flipped", CONV, ("dweight",), flipped_weights),
    Hypothesis("kernel-flip-wrong-in-dx", CONV, ("dx",), flipped_back),
    Hypothesis("weight-transposed", CONV, ("forward", "dx"), exchanged, 0.9),
    Hypothesis("weight-transposed", CONV, ("forward", "dx"), shuffled, 0.8),
    Hypothesis("bias-missing", ("conv2d", "linear"), ("forward",), no_bias),
    Hypothesis("bias-gradient-missing-spatial-sum", CONV, ("dbias",), bias_parts, 1.1),
    Hypothesis("im2col-wrong-strides", CONV, ("forward",), wrong_strides, 0.9),
    Hypothesis("im2col-wrong-strides", CONV, ("forward", "dx", "dweight"), memory_order, 1.1),
)

PATTERNS = (
    Pattern("bias-gradient-missing-spatial-sum", CONV, ("dbias",), _bias_alone, 0.4),
    Pattern(
        "padding-ignored-in-backward", (*WINDOWS, "max_pool2d", "col2im"), (*BACK, "backward"), _only_padding
    ),
    Pattern("stride-ignored-in-backward", (*WINDOWS, "col2im"), (*BACK, "backward"), _only_stride),
)
