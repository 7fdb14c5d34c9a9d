"""Objects with ``forward`` and ``backward``, and pairs of functions, read off their signatures."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.operations.updates import update_cases
from handgrad.checks.passes.piece import ANYTHING, Call, Gradients, Pass, Target
from handgrad.checks.styles.interface import Interface, Layout
from handgrad.checks.styles.members import (
    UnreadableError,
    arguments_for,
    gradients_of,
    ordered,
    set_mode,
    set_weights,
    weight_layout,
)
from handgrad.checks.styles.words import lower, meaning, operation_of

BACK = ("backward", "backprop", "bprop", "grad", "gradient")
LOSSES = ("cross_entropy", "probability_cross_entropy", "euclidean_loss", "mse_loss")
MAPS_ONLY = "2d"


def recognise(target: Target) -> Interface | None:
    """How to call a class, an object or a function, by its name and its signatures.

    Arguments:
        target: the piece.

    Returns:
        None where its name means no operation, or its arguments are not understood.
    """
    operation = operation_of(target.name)
    if not operation:
        return None
    if inspect.isclass(target.thing):
        if operation == "update" or not hasattr(target.thing, "forward"):
            return None
        return _class(target, operation)
    if inspect.isfunction(target.thing):
        return _functions(target, operation)
    return None


def _class(target: Target, operation: str) -> Interface | None:
    cls = target.thing
    back = next((name for name in BACK if hasattr(cls, name)), "")

    def build(target: Target, c: Call) -> Any:
        made = cls(**arguments_for(cls, operation, c))
        set_weights(made, c)
        if operation == "dropout":
            set_mode(made, True)
            if not c.training:
                ordered(made.forward, operation, c)  # a mask of training must not reach into evaluation
            set_mode(made, c.training)
        return made

    def forward(made: Any, c: Call) -> Any:
        found = ordered(made.forward, operation, c)
        c.cache = None
        if isinstance(found, tuple):
            c.cache = found[1] if len(found) == 2 else found[1:]
            found = found[0]
        return found

    def backward(made: Any, c: Call) -> Gradients:
        return gradients_of(ordered(getattr(made, back), operation, c, back=True), made, c)

    operation = _which_entropy(operation, build, forward, target)
    fits = _fits(target.name, operation, cls)
    try:
        layouts = weight_layout(build, target, operation)
    except UnreadableError:
        return None
    promises = ("forward", "dx") if back else ("forward",)
    goes_back = backward if back else None
    how = Pass(target.name, operation, forward, goes_back, build)
    return Interface(how, layouts, fits, promises=promises)


def _functions(target: Target, operation: str) -> Interface | None:
    """``NAME_forward`` and ``NAME_backward``, or one function that returns loss and gradient."""
    stem = target.name
    for word in ("_forward", "_backward", "_naive", "forward", "backward"):
        stem = stem.replace(word, "")
    names = [name for name in target.space if name.replace("_naive", "").startswith(stem)]
    there = next((name for name in names if "forward" in name), target.name)
    back = next((name for name in names if "backward" in name and name.startswith(stem)), "")
    if "backward" in there:
        return None
    try:
        inspect.signature(target.space.get(there, target.thing))
    except (TypeError, ValueError):
        return None

    def forward(space: Mapping[str, Any], c: Call) -> Any:
        found = ordered(space.get(there, target.thing), operation, c)
        c.cache = c.second = None
        if isinstance(found, tuple):
            c.cache = found[1] if len(found) == 2 else found[1:]
            found = found[0]
        return found

    def backward(space: Mapping[str, Any], c: Call) -> Gradients:
        if not back:
            return {"dx": c.cache} if operation in LOSSES and isinstance(c.cache, np.ndarray) else {}
        return gradients_of(ordered(space[back], operation, c, back=True), None, c)

    operation = _which_entropy(operation, lambda target, c: target.space, forward, target)
    goes_back = bool(back) or operation in LOSSES
    layouts = {}
    if operation == "linear" and not _transposing(target, there, operation):
        layouts["weight"] = Layout(lambda case, w: w.T, lambda case, w: w.T)  # (O, I) -> (I, O)
    fits = _fits(target.name, operation, target.space.get(there, target.thing))
    partners = tuple(name for name in (there, back) if name)
    how = Pass(there, operation, forward, backward if goes_back else None, partners=partners)
    return Interface(how, layouts, fits, promises=("forward", "dx") if back else ("forward",))


def _transposing(target: Target, there: str, operation: str) -> bool:
    """Whether a linear function takes its weight as (O, I): tried with both."""
    x, weight, bias = np.ones((2, 3)), np.ones((4, 3)), np.ones(4)
    try:
        c = Call(x=x, weight=weight, bias=bias, dy=np.ones((2, 4)), I=3, O=4, N=2)
        y = ordered(target.space.get(there, target.thing), operation, c)
        y = y[0] if isinstance(y, tuple) else y
        return bool(np.shape(y) == (2, 4))
    except ANYTHING:
        return False


def _which_entropy(
    operation: str, build: Callable[..., Any], forward: Callable[..., Any], target: Target
) -> str:
    """Cross-entropy of logits or of probabilities: for p = (1/2, 1/2) the loss tells."""
    if operation != "cross_entropy" or "softmax" in lower(target.name) or "logit" in lower(target.name):
        return operation
    try:
        c = Call(x=np.array([[0.2, 0.8]]), targets=np.array([0]), K=2, N=1, I=2, C=2)
        loss = float(forward(build(target, c), c))
    except ANYTHING:
        return operation
    logits = float(np.log(np.exp(0.2) + np.exp(0.8)) - 0.2)
    return operation if abs(loss - logits) < abs(loss + np.log(0.2)) else "probability_cross_entropy"


def _fits(name: str, operation: str, thing: Any) -> Callable[[Case], bool]:
    """Cases that the signature can express."""
    try:
        names = {one.lower() for one in inspect.signature(thing).parameters}
    except (TypeError, ValueError):
        names = set()
    free = bool(names & {"conv_param", "conv_params", "pool_param", "pool_params"})

    def fits(case: Case) -> bool:
        if case.tags & {"maps", "sequence"}:
            return False
        if operation == "batch_norm":
            maps = MAPS_ONLY in name.lower() or "spatial" in name.lower()
            return bool((case.x.ndim == 4) == maps)
        if operation in ("conv2d", "max_pool2d", "avg_pool2d") and not free:
            pool = operation != "conv2d"
            if not names & {"padding", "pad", "pads"} and case.padding:
                return False
            if not names & {"stride", "strides", "s"}:
                usual = case.kernel_size[0] if pool else 1
                if case.stride != usual:
                    return False
            sizes = case.kernel_size if pool else case.weight.shape[2:]
            if sizes[0] != sizes[1] and inspect.isclass(thing):
                return any(meaning(one, operation) == "KH" for one in names)
        return True

    return fits


def optimizer(target: Target) -> Interface | None:
    """``update(params, grads)`` or ``step(params, grads)`` on dictionaries."""
    cls = target.thing
    method = next((name for name in ("update", "step") if hasattr(cls, name)), "")
    if not inspect.isclass(cls) or not method or operation_of(target.name) != "update":
        return None

    def build(target: Target, c: Call) -> Any:
        c.lr = c.rates[0]
        return cls(**arguments_for(cls, "update", c))

    def forward(made: Any, c: Call) -> Any:
        params, path = {"W": c.weight, "b": c.bias}, []
        for step in range(len(c.rates)):
            new = getattr(made, method)(params, {"W": c.weight_grads[step], "b": c.bias_grads[step]})
            params = {name: np.array(value) for name, value in (params if new is None else new).items()}
            path.append(dict(params))
        return {"weight": np.stack([p["W"] for p in path]), "bias": np.stack([p["b"] for p in path])}

    def cases() -> list[Case]:
        return [case for case in update_cases() if not case.decay and len(set(case.rates)) == 1]

    how = Pass(target.name, "update", forward, None, build)
    return Interface(how, cases=cases, may_change=("weight", "bias"))


__all__ = ["optimizer", "recognise"]
