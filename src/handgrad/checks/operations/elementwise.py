"""Activations, flattening, dropout and batch norm: right answers and cases."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.checks.case import Case, generator, spread_out, upstream
from handgrad.checks.operations.operation import Arrays, Operation

SHAPES = ((1, 4), (2, 3), (3, 3), (5, 2, 3, 4))


def elementwise_cases() -> Iterable[Case]:
    """Numbers of both signs, none at a kink; rows and maps."""
    for shape in SHAPES:
        rng = generator("elementwise", shape)
        title = {1: "one row", 2: "two rows", 3: "as many rows as columns", 5: "five maps"}[shape[0]]
        yield Case(title, {}, {"x": spread_out(rng, *shape)}, upstream(rng, *shape))
    rng = generator("elementwise", "strided")
    arrays = {"x": spread_out(rng, 3, 4)}
    yield Case("an input that is a transposed view", {}, arrays, upstream(rng, 3, 4), frozenset({"strided"}))


def pair_of(
    forward: Callable[..., tuple[Array, object]], backward: Callable[..., Array]
) -> Callable[[Case, Mapping[str, AnyArray]], Arrays]:
    """Right answers from a pair of `handgrad.ops`."""

    def right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
        y, cache = forward(case.x.astype(np.float64), **case.settings)
        return {"forward": y, "dx": backward(case.dy, cache)}

    return right


def flatten_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The same numbers, one row for each image."""
    return {"forward": case.x.reshape(len(case.x), -1), "dx": case.dy.reshape(case.x.shape)}


def flatten_cases() -> Iterable[Case]:
    """Maps with each axis of another length."""
    for shape in ((1, 1, 2, 2), (2, 1, 2, 3), (5, 2, 3, 4)):
        rng = generator("flatten", shape)
        dy = upstream(rng, shape[0], int(np.prod(shape[1:])))
        yield Case(f"{shape[0]} images", {}, {"x": spread_out(rng, *shape)}, dy)


def dropout_cases() -> Iterable[Case]:
    """Training and evaluation; shares other than one half, which hides p behind 1 - p."""
    for p, shape in ((0.25, (1, 8)), (0.6, (2, 6)), (0.25, (50, 40))):
        rng = generator("dropout", p, shape)
        x, dy = spread_out(rng, *shape), upstream(rng, *shape)
        tags = frozenset({"share"} if shape[0] > 5 else ())
        yield Case(f"training, p = {p}", {"p": p, "training": True}, {"x": x}, dy, tags)
    rng = generator("dropout", "evaluation")
    settings = {"p": 0.25, "training": False}
    arrays = {"x": spread_out(rng, 2, 6)}
    yield Case("evaluation", settings, arrays, upstream(rng, 2, 6), frozenset({"evaluation"}))


def dropout_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The mask is read off what came out; its share of zeros must be about p."""
    y = got.get("forward")
    if not case.training or y is None or y.shape != case.x.shape:
        return {"forward": case.x, "dx": case.dy}
    kept = y != 0
    if "share" in case.tags and abs(kept.mean() - (1 - case.p)) > 0.05:  # five deviations and more
        kept = generator("dropout", "mask").random(y.shape) >= case.p
    mask = kept / (1 - case.p)
    return {"forward": case.x * mask, "dx": case.dy * mask}


def batch_norm_cases() -> Iterable[Case]:
    """Rows and maps; channels of unlike mean and spread."""
    for N, C in ((3, 1), (4, 2), (3, 3), (5, 3)):
        rng = generator("batch_norm", N, C)
        x = (spread_out(rng, N, C, largest=4.0) + np.arange(C)).round(3)
        arrays = {"x": x, "weight": 1.5 - 0.5 * np.arange(C) ** 2, "bias": spread_out(rng, C)}
        yield Case(f"{N} rows, {C} channels", {"training": True}, arrays, upstream(rng, N, C))
    for N, C, H, W in ((2, 1, 1, 2), (2, 2, 2, 2), (3, 2, 2, 3), (5, 3, 3, 2)):
        rng = generator("batch_norm", N, C, H, W)
        x = (spread_out(rng, N, C, H, W, largest=4.0) + np.arange(C)[:, None, None]).round(3)
        arrays = {"x": x, "weight": 1.5 - 0.5 * np.arange(C) ** 2, "bias": spread_out(rng, C)}
        yield Case(f"{N} images, {C} channels", {"training": True}, arrays, upstream(rng, N, C, H, W))


def batch_norm_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """With the batch's own mean and variance."""
    y, cache = ops.batch_norm_forward(case.x, case.weight, case.bias)
    dx, dweight, dbias = ops.batch_norm_backward(case.dy, cache)
    return {"forward": y, "dx": dx, "dweight": dweight, "dbias": dbias}


OPERATIONS = (
    Operation("relu", pair_of(ops.relu_forward, ops.relu_backward), elementwise_cases),
    Operation("leaky_relu", pair_of(ops.leaky_relu_forward, ops.leaky_relu_backward), elementwise_cases),
    Operation("elu", pair_of(ops.elu_forward, ops.elu_backward), elementwise_cases),
    Operation("sigmoid", pair_of(ops.sigmoid_forward, ops.sigmoid_backward), elementwise_cases),
    Operation("tanh", pair_of(ops.tanh_forward, ops.tanh_backward), elementwise_cases),
    Operation("flatten", flatten_right, flatten_cases, page="index"),
    Operation("dropout", dropout_right, dropout_cases),
    Operation(
        "batch_norm",
        batch_norm_right,
        batch_norm_cases,
        {"dx": "x", "dweight": "weight", "dbias": "bias"},
        tolerance=1e-4,
    ),
)
