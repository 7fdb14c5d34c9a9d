"""Softmax and losses: right answers and cases."""

from collections.abc import Iterable, Mapping

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray
from handgrad.checks.case import Case, generator, spread_out, upstream
from handgrad.checks.operations.operation import Arrays, Operation, scalar

SIZES = ((1, 3), (2, 3), (3, 3), (5, 4))


def _title(N: int, K: int) -> str:
    return f"{N} row{'s' if N > 1 else ''}, {K} classes"


def softmax_cases() -> Iterable[Case]:
    """Rows, as many as classes among them; logits whose exponential overflows or vanishes."""
    for N, K in SIZES:
        rng = generator("softmax", N, K)
        yield Case(_title(N, K), {}, {"x": spread_out(rng, N, K)}, upstream(rng, N, K))
    for shift in (1000.0, -1000.0):
        x, dy = np.array([[0.5, -1.0, 1.5]]) + shift, np.array([[1.0, -0.5, 0.25]])
        yield Case(f"logits about {shift:g}", {}, {"x": x}, dy, frozenset({"large"}))
    x = np.array([[1000.0, 999.0], [-1000.0, -999.0]])
    dy = np.array([[1.0, -0.5], [0.5, 0.25]])
    yield Case("rows about 1000 and about -1000", {}, {"x": x}, dy, frozenset({"large"}))


def softmax_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Each row adds up to 1; the whole Jacobian product backward."""
    y, cache = ops.softmax_forward(case.x)
    return {"forward": y, "dx": ops.softmax_backward(case.dy, cache)}


def _targets(rng: np.random.Generator, N: int, K: int) -> AnyArray:
    return np.asarray([(index * 2 + 1) % K for index in range(N)]) if N > 1 else np.array([1])


def cross_entropy_cases() -> Iterable[Case]:
    """Ordinary logits, large ones, and ones so far apart that a probability becomes 0."""
    for N, K in SIZES:
        rng = generator("cross_entropy", N, K)
        yield Case(_title(N, K), {}, {"x": spread_out(rng, N, K), "targets": _targets(rng, N, K)})
    for shift in (1000.0, -1000.0):
        arrays = {"x": np.array([[0.5, -1.0, 1.5]]) + shift, "targets": np.array([1])}
        yield Case(f"logits about {shift:g}", {}, arrays, tags=frozenset({"large"}))
    arrays = {"x": np.array([[1000.0, 999.0], [-1000.0, -999.0]]), "targets": np.array([1, 0])}
    yield Case("rows about 1000 and about -1000", {}, arrays, tags=frozenset({"large"}))
    far = {"x": np.array([[0.0, 0.5, -2000.0], [1.0, -2000.0, 0.0]]), "targets": np.array([2, 0])}
    yield Case("a probability of 0 for the true class", {}, far, tags=frozenset({"zeros", "finite"}))


def cross_entropy_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The mean over the batch."""
    loss, cache = ops.cross_entropy_forward(case.x, case.targets)
    return {"forward": scalar(loss), "probs": cache[0], "dx": ops.cross_entropy_backward(1.0, cache)}


def probability_cases() -> Iterable[Case]:
    """Probabilities that add up to 1, and one that is exactly 0."""
    for N, K in SIZES:
        rng = generator("probability_cross_entropy", N, K)
        parts = rng.integers(1, 10, (N, K)).astype(np.float64)
        p = parts / parts.sum(axis=1, keepdims=True)
        yield Case(_title(N, K), {}, {"x": p, "targets": _targets(rng, N, K)})
    arrays = {"x": np.array([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]]), "targets": np.array([2, 0])}
    tags = frozenset({"zeros", "finite"})
    yield Case("a probability of 0 for the true class", {}, arrays, tags=tags)


def probability_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The mean over the batch."""
    loss, cache = ops.probability_cross_entropy_forward(case.x, case.targets)
    return {"forward": scalar(loss), "dx": ops.probability_cross_entropy_backward(1.0, cache)}


def summed_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Project 3 adds up over the examples."""
    right = probability_right(case, got)
    return {"forward": right["forward"] * len(case.x)}


def distance_cases() -> Iterable[Case]:
    """Outputs and targets."""
    for N, K in SIZES:
        rng = generator("distance", N, K)
        yield Case(_title(N, K), {}, {"x": spread_out(rng, N, K), "targets": np.eye(K)[_targets(rng, N, K)]})


def euclidean_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Half the squared distance, mean over the batch."""
    loss, cache = ops.euclidean_loss_forward(case.x, case.targets)
    return {"forward": scalar(loss), "dx": ops.euclidean_loss_backward(1.0, cache)}


def mse_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The mean over all numbers."""
    loss, cache = ops.mse_loss_forward(case.x, case.targets)
    return {"forward": scalar(loss), "dx": ops.mse_loss_backward(1.0, cache)}


def penalty_cases() -> Iterable[Case]:
    """Weights and biases; biases are free."""
    for w in (0.01, 0.5):
        rng = generator("l2", w)
        yield Case(f"w = {w}", {"w": w}, {"weight": spread_out(rng, 2, 3), "bias": spread_out(rng, 3)})


def penalty_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """0.5 w Σ weights²."""
    return {
        "forward": scalar(0.5 * case.w * (case.weight**2).sum()),
        "dweight": case.w * case.weight,
        "dbias": np.zeros_like(case.bias),
    }


def multinomial_cases() -> Iterable[Case]:
    """cmu10601: a linear layer whose last logit is 0, softmax and likelihood; X has an image a column."""
    for num, N, K in ((2, 1, 3), (3, 2, 3), (3, 3, 4), (4, 5, 3)):
        rng = generator("mlrloss", num, N, K)
        arrays = {"x": spread_out(rng, num, N), "weight": spread_out(rng, num + 1, K - 1)}
        arrays["targets"] = _targets(rng, N, K)
        yield Case(f"{num} features, {N} images, {K} classes", {"K": K}, arrays)
    large = {"x": np.array([[1.0, 1.0]]), "weight": np.array([[1000.0, 999.0], [0.0, 0.0]])}
    large["targets"] = np.array([1, 0])
    yield Case("logits about 1000", {"K": 3}, large, tags=frozenset({"large"}))


def multinomial_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Loss and gradients summed over the batch."""
    free, cache = ops.linear_forward(case.x.T, case.weight[:-1].T, case.weight[-1])  # (num, N) -> (N, K-1)
    loss, loss_cache = ops.cross_entropy_forward(np.pad(free, ((0, 0), (0, 1))), case.targets)
    dlogits = ops.cross_entropy_backward(float(len(free)), loss_cache)
    dx, dweight, dbias = ops.linear_backward(dlogits[:, :-1], cache)
    stacked = np.vstack([dweight.T, np.asarray(dbias)[None]])  # -> (num+1, K-1)
    return {"forward": scalar(loss * len(free)), "dx": dx.T, "dweight": stacked}


OPERATIONS = (
    Operation("softmax", softmax_right, softmax_cases),
    Operation("cross_entropy", cross_entropy_right, cross_entropy_cases, mean=True),
    Operation("probability_cross_entropy", probability_right, probability_cases, mean=True),
    Operation("summed_cross_entropy", summed_right, probability_cases, {}, page="probability_cross_entropy"),
    Operation("euclidean_loss", euclidean_right, distance_cases, mean=True),
    Operation("mse_loss", mse_right, distance_cases, mean=True),
    Operation("l2", penalty_right, penalty_cases, {"dweight": "weight", "dbias": "bias"}, page="index"),
    Operation(
        "mlrloss",
        multinomial_right,
        multinomial_cases,
        {"dx": "x", "dweight": "weight"},
        page="cross_entropy",
    ),
)
