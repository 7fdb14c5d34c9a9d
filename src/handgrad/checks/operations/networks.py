"""Whole networks that two courses have students write: Project 3's MLP, and hw5's classifier."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.checks.case import Case, generator
from handgrad.checks.operations.operation import Arrays, Operation, scalar
from handgrad.checks.operations.updates import simulate

MLP = {"W1": (64, 784), "b1": (64,), "W2": (10, 64), "b2": (10,)}
CLASSIFIER = {
    "W1": (28, 1, 3, 3), "b1": (28,), "W2": (128, 28 * 13 * 13), "b2": (128,), "W3": (10, 128), "b3": (10,),
}  # fmt: skip


def _case(title: str, shapes: Mapping[str, tuple[int, ...]], x: Array, K: int, **settings: Any) -> Case:
    rng = generator(title)
    arrays: dict[str, AnyArray] = {"x": x, "targets": np.arange(len(x)) * 3 % K}
    for name, shape in shapes.items():
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 100
        arrays[name] = rng.normal(0, 1 / np.sqrt(fan_in), shape)
    return Case(title, settings, arrays)


def mlp_cases() -> Iterable[Case]:
    """One image, three, five; steps of two rates."""
    for N in (1, 3, 5):
        x = generator("mlp", N).random((N, 784)).round(2)
        yield _case(f"{N} image{'s' if N > 1 else ''}", MLP, x, 10, lr=0.1 * N)


def mlp_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """ŷ; the gradients of the cross-entropy, summed over the examples; the parameters after one step."""
    return mlp(case)


def mlp(case: Case, slope: str = "right", factor: float = 1.0, back: Array | None = None) -> Arrays:
    """The network's results; with another sigmoid', another factor, another W2 on the way back."""
    rows, _ = ops.linear_forward(case.x, case.W1, case.b1)
    f1, _ = ops.sigmoid_forward(rows)
    scores, _ = ops.linear_forward(f1, case.W2, case.b2)
    y, _ = ops.softmax_forward(scores)
    da2 = factor * (y - np.eye(10)[case.targets])
    df1, dW2, db2 = ops.linear_backward(da2, (f1, case.W2, True))
    df1 = df1 if back is None else da2 @ back  # (N, K) @ (K, I)
    slopes = {
        "right": f1 * (1 - f1), "1": np.ones_like(f1), "f1": f1, "1 - f1": 1 - f1, "1 - f1²": 1 - f1**2,
        "a1 (1 - a1)": rows * (1 - rows), "a step at 0": (rows > 0).astype(float),
    }  # fmt: skip
    _, dW1, db1 = ops.linear_backward(df1 * slopes[slope], (case.x, case.W1, True))
    gradients = {"dW1": dW1, "db1": np.asarray(db1), "dW2": dW2, "db2": np.asarray(db2)}
    new = np.concatenate([(case.arrays[n[1:]] - case.lr * g).ravel() for n, g in gradients.items()])
    return {"forward": y, **gradients, "update": new}


def classifier_cases() -> Iterable[Case]:
    """Two steps on images of 28 x 28."""
    for N in (1, 3):
        x = generator("classifier", N).random((N, 1, 28, 28)).round(2)
        yield _case(f"{N} image{'s' if N > 1 else ''}", CLASSIFIER, x, 10, lr=0.5, momentum=0.9, steps=3)


def classifier(case: Case, **twist: Any) -> Arrays:
    """hw5's network, stepped by v = a v + (1 - a) g, or a twisted form of it."""
    factor = twist.pop("factor", 1.0)
    found: dict[str, Any] = {}

    def gradients(step: int, p: Mapping[str, Array]) -> Mapping[str, Array]:
        maps, conv = ops.conv2d_forward(case.x, p["W1"], p["b1"])
        kept, positive = ops.relu_forward(maps)
        small, pool = ops.max_pool2d_forward(kept, 2)
        hidden, fc1 = ops.linear_forward(small.reshape(len(small), -1), p["W2"], p["b2"])
        active, above = ops.relu_forward(hidden)
        scores, fc2 = ops.linear_forward(active, p["W3"], p["b3"])
        loss, cache = ops.cross_entropy_forward(scores, case.targets)
        if step == 0:
            found.update(scores=cache[0], forward=scalar(loss))
        dy, dW3, db3 = ops.linear_backward(factor * ops.cross_entropy_backward(1.0, cache), fc2)
        dy, dW2, db2 = ops.linear_backward(ops.relu_backward(dy, above), fc1)
        dy = ops.relu_backward(ops.max_pool2d_backward(dy.reshape(small.shape), pool), positive)
        _, dW1, db1 = ops.conv2d_backward(dy, conv)
        values = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}
        return {name: np.asarray(value) for name, value in values.items()}

    rule = {"momentum": case.momentum, "damped": True, **twist}
    first = {name: case.arrays[name] for name in CLASSIFIER}
    path = simulate(first, gradients, [case.lr] * case.steps, **rule)
    for name in ("W1", "b1", "W3", "b3"):
        found[name] = path[name]
    return found


def classifier_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """Probabilities, the mean loss, and the parameters after each step."""
    return classifier(case)


OPERATIONS = (
    Operation("mlp", mlp_right, mlp_cases, {f"d{name}": name for name in MLP}, page="linear", slopes=False),
    Operation("classifier", classifier_right, classifier_cases, {}, page="index"),
)
