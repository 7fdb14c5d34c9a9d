"""Parts of one's own: refused with a sentence where they do not keep to what an engine asks of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array, Shape
from handgrad.errors import ArgumentError, ShapeError
from handgrad.loss import Loss
from handgrad.nn import Sequential
from handgrad.nn.layer import Gradients, two
from handgrad.optim import Clipping, Optimizer, Schedule, WeightAverage

KINDS: Mapping[str, tuple[type, str, str]] = {
    "network": (Sequential, "a network", "write Sequential([...]), also around a single layer"),
    "optimizer": (Optimizer, "an optimizer", "such as SGD(lr=0.1), or your own subclass of optim.Optimizer"),
    "schedule": (
        Schedule,
        "a schedule",
        "such as StepLR(100), LambdaLR(function) or your own optim.Schedule",
    ),
    "average": (
        WeightAverage,
        "a weight average",
        "such as ExponentialMovingAverage(0.999), or your own subclass of optim.WeightAverage",
    ),
}
"""For each argument of `compile` the class that it must be of, and how to come by one."""

METHODS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "loss": (
        ("forward", "backward"),
        "a loss with forward(y, targets) -> (value, cache) and backward(cache) -> dy",
        "such as CrossEntropyLoss()",
    ),
    "clip": (
        ("clip",),
        "a clipping with clip(gradients) -> (gradients, norm or None)",
        "such as ClipGradNorm(1.0)",
    ),
}
"""For each argument of `compile` that is asked for methods only: which."""


def check_parts(parts: Mapping[str, object]) -> None:
    """Refuse what an engine cannot use.

    Arguments:
        parts: the arguments of `compile` by name; None: a part that is not there.

    Raises:
        ArgumentError: a class where an object is wanted, or an object that is not what it must be.

    Example:
        >>> check_parts({"clip": 1.0})
        Traceback (most recent call last):
        handgrad.errors.ArgumentError: compile: expected clip to be a clipping with clip(gradients) -> \
(gradients, norm or None), got 1.0. Hint: such as ClipGradNorm(1.0).
    """
    for name, part in parts.items():
        if isinstance(part, type):
            got, hint = f"the class {part.__name__}", f"write {part.__name__}(...)"
            raise ArgumentError("compile", expected="objects", got=got, hint=hint)
        if part is None and name in ("schedule", "clip", "average"):
            continue
        if name in KINDS:
            kind, what, hint = KINDS[name]
            fits = isinstance(part, kind)
        else:
            methods, what, hint = METHODS[name]
            fits = all(callable(getattr(part, method, None)) for method in methods)
        if not fits:
            raise ArgumentError("compile", expected=f"{name} to be {what}", got=repr(part), hint=hint)


def loss_forward(loss: Loss, y: Array, targets: AnyArray) -> tuple[float, Any]:
    """A loss's value and cache.

    Raises:
        ArgumentError: it returned something else.
    """
    value, cache = two(loss, loss.forward(y, targets), "forward", "(value, cache)")
    if not isinstance(value, float | int | np.number) and not (
        isinstance(value, np.ndarray) and value.ndim == 0
    ):
        shape = f" of shape {value.shape}" if isinstance(value, np.ndarray) else ""
        raise ArgumentError(
            repr(loss),
            expected="forward to return (value, cache), its value one number",
            got=f"a value that is {type(value).__name__}{shape}",
            hint="return the mean over the batch",
        )
    return float(value), cache


def loss_backward(loss: Loss, cache: Any, shape: Shape) -> Array:
    """A loss's gradient dy.

    Arguments:
        loss: any.
        cache: what its forward pass returned.
        shape: of the network's output, and so of dy.

    Raises:
        ShapeError: it returned something of another shape.
    """
    dy = loss.backward(cache)
    if np.shape(dy) != shape:
        expected = f"backward to return dy of shape {shape}"
        raise ShapeError(repr(loss), expected=expected, got=str(np.shape(dy)))
    return dy


def clipped(clip: Clipping, gradients: Gradients) -> Gradients:
    """What a clipping makes of the gradients.

    Raises:
        ArgumentError: it returned something else than gradients of the same names.
        ShapeError: one of another shape.
    """
    promise = "(gradients, norm or None)"
    found, _ = two(clip, clip.clip(gradients), "clip", promise)
    if not isinstance(found, Mapping) or found.keys() != gradients.keys():
        got = ", ".join(map(str, found)) if isinstance(found, Mapping) else f"a {type(found).__name__}"
        expected = f"clip to return {promise}, its gradients by the names {', '.join(gradients)}"
        raise ArgumentError(repr(clip), expected=expected, got=got or "none")
    for name, gradient in gradients.items():
        if np.shape(found[name]) != gradient.shape:
            expected = f"clip to return a gradient of {name} of shape {gradient.shape}"
            raise ShapeError(repr(clip), expected=expected, got=str(np.shape(found[name])))
    return dict(found)
