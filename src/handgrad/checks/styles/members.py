"""Reading signatures and attributes: which argument is what, where weights and gradients are kept."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.passes.piece import ANYTHING, Call, Target
from handgrad.checks.styles.interface import Layout
from handgrad.checks.styles.words import (
    BIAS,
    CACHE,
    DICTIONARIES,
    DY,
    TARGETS,
    TRAINING,
    WEIGHT,
    X,
    gradient_names,
    meaning,
)


class UnreadableError(Exception):
    """Arguments or weights whose meaning the names do not tell."""


def arguments_for(function: Any, operation: str, c: Call) -> dict[str, Any]:
    """Values for a constructor's arguments by their names; defaults with unknown names are left out.

    Raises:
        UnreadableError: an argument without a default is of unknown meaning.
    """
    found = {}
    for name, argument in inspect.signature(function).parameters.items():
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD) or name == "self":
            continue
        value = _setting(name, operation, c)
        if value is not None:
            found[name] = value
        elif (
            argument.default is argument.empty and operation == "batch_norm" and "I" in vars(c) and not found
        ):
            found[name] = c.I  # whatever it is called: there is nothing else to say
        elif argument.default is argument.empty:
            raise UnreadableError(name)
    return found


def _setting(name: str, operation: str, c: Call) -> Any:
    what = meaning(name, operation)
    values = vars(c)
    if name.lower() in DICTIONARIES:
        return dictionary(c)
    if what == "kernel_size" and "KH" in values:
        return c.KH if c.KH == c.KW else (c.KH, c.KW)
    if what == "keep" and "p" in values:
        return 1 - c.p
    if what == "name":
        return "layer"
    return values.get(what) if what else None


def dictionary(c: Call) -> dict[str, Any]:
    """The dictionaries of settings that some courses pass, under all the spellings."""
    values = vars(c)
    found: dict[str, Any] = {}
    for key, names in {
        "stride": ("stride",),
        "padding": ("pad", "padding"),
        "KH": ("pool_height", "kernel_h", "pool_h"),
        "KW": ("pool_width", "kernel_w", "pool_w"),
        "C": ("in_channel",),
        "O": ("out_channel",),
        "p": ("p",),
    }.items():
        if key in values:
            found |= dict.fromkeys(names, values[key])
    found["mode"] = "train" if values.get("training", True) else "test"
    found["seed"] = 0
    return found


def ordered(function: Callable[..., Any], operation: str, c: Call, *, back: bool = False) -> Any:
    """Call a function with what its arguments' names ask for; by position where they say nothing."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    values = vars(c)
    given: list[Any] = []
    named: dict[str, Any] = {}
    left = [values.get("dy"), values.get("x")] if back else [values.get("x")]
    left = [value for value in left if value is not None]
    # forward(y, targets): the first is what the network gave, whatever its name
    words = [parameter.name.lower() for parameter in parameters]
    loss = "targets" in values and not back and len(words) > 1 and words[1] in TARGETS
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        word, known, value = parameter.name.lower(), True, None
        if loss and parameter is parameters[0]:
            value = c.x
        elif back and word in DY:
            value = values.get("dy") if values.get("dy") is not None else np.float64(1.0)
        elif word in TARGETS and "targets" in values:
            value = c.targets
        elif word in CACHE:
            value = values.get("cache")
        elif word in X:
            value = c.x
        elif word in WEIGHT and "weight" in values:
            value = c.weight
        elif word in BIAS and "bias" in values:
            value = c.bias
        elif word in TRAINING and "training" in values:
            value = c.training if word != "mode" else ("train" if c.training else "test")
        else:
            value = _setting(parameter.name, operation, c)
            known = value is not None
        if not known and parameter.default is not parameter.empty:
            continue
        if not known:
            if not left:
                raise UnreadableError(parameter.name)
            value = left[0]
        left = [one for one in left if one is not value]
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            named[parameter.name] = value
    positional = [p for p in parameters if p.kind is p.POSITIONAL_ONLY]
    given = [named.pop(p.name) for p in positional if p.name in named]
    return function(*given, **named)


def members(made: Any, names: Iterable[str]) -> list[str]:
    """Attributes of an object under any of these names, whatever their case."""
    wanted = {name.lower() for name in names}
    kept = vars(made) if hasattr(made, "__dict__") else {}
    return [name for name in kept if name.lower() in wanted]


def value_of(thing: Any) -> Any:
    """The array of a parameter object, or the array itself."""
    for name in ("value", "data"):
        inner = getattr(thing, name, None)
        if isinstance(inner, np.ndarray) and not isinstance(thing, np.ndarray):
            return inner
    return thing


def set_weights(made: Any, c: Call) -> None:
    """Give an object the case's weight and bias, in the shapes that it has them itself."""
    for names, key in ((WEIGHT, "weight"), (BIAS, "bias")):
        if key not in vars(c):
            continue
        array = getattr(c, key)
        for name in members(made, names)[:1]:
            old = getattr(made, name)
            shape = np.shape(value_of(old))
            value = array if shape == array.shape else fitted(array, shape)
            if value_of(old) is not old:
                holder = "value" if isinstance(getattr(old, "value", None), np.ndarray) else "data"
                setattr(old, holder, value)
            else:
                setattr(made, name, value)


def fitted(array: AnyArray, shape: tuple[int, ...]) -> AnyArray:
    """The array in another shape of as many numbers, or as it is."""
    return array.reshape(shape) if array.size == int(np.prod(shape)) else array


def set_mode(made: Any, training: bool) -> None:
    """Tell an object whether it is training, by whichever way it has."""
    if hasattr(made, "set_mode"):
        made.set_mode(training)
    elif training and callable(getattr(made, "train", None)):
        made.train()
    elif not training and callable(getattr(made, "eval", None)):
        made.eval()
    else:
        for name in members(made, TRAINING):
            setattr(made, name, training if name != "mode" else ("train" if training else "test"))


def gradients_of(found: Any, made: Any, c: Call) -> dict[str, Any]:
    """dx, dweight and dbias from what a backward pass returned, and from the object's attributes."""
    result: dict[str, Any] = {}
    if isinstance(found, Mapping):
        for name, value in found.items():
            result[_kind(str(name))] = value
    elif isinstance(found, tuple):
        result["dx"] = found[0]
        if len(found) == 2 and isinstance(found[1], Mapping):
            result |= {_kind(str(name)): value for name, value in found[1].items()}
        else:
            result |= dict(zip(("dweight", "dbias"), found[1:], strict=False))
    elif found is not None:
        result["dx"] = found
    if made is not None:
        for key, names in (("dweight", WEIGHT), ("dbias", BIAS)):
            if key in result or key[1:] not in vars(c):
                continue
            own = members(made, gradient_names(names))
            if own:
                result[key] = getattr(made, own[0])
            else:
                grads = [getattr(getattr(made, name), "grad", None) for name in members(made, names)]
                if grads and isinstance(grads[0], np.ndarray):
                    result[key] = grads[0]
    return {name: value for name, value in result.items() if value is not None and not name.startswith("?")}


def _kind(name: str) -> str:
    word = name.lower()
    for key, names in (("dweight", WEIGHT), ("dbias", BIAS), ("dx", X)):
        if word in names or word in gradient_names(names):
            return key
    return f"?{name}"


TRANSPOSED = Layout(lambda case, weight: weight.T, lambda case, weight: weight.T)
CHANNELS_LAST = Layout(
    lambda case, w: w.transpose(2, 3, 1, 0), lambda case, w: w.transpose(3, 2, 0, 1)
)  # (O, C, KH, KW) -> (KH, KW, C, O)


def weight_layout(build: Callable[..., Any], target: Target, operation: str) -> dict[str, Layout]:
    """How an object lays its weight out, by building one whose sizes all differ.

    Raises:
        UnreadableError: the constructor's arguments are not understood.
    """
    sizes = {
        "N": 1,
        "C": 3,
        "O": 4,
        "I": 3,
        "KH": 2,
        "KW": 2,
        "K": 4,
        "H": 5,
        "W": 6,
        "stride": 1,
        "padding": 0,
    }
    wanted: tuple[int, ...]
    other: tuple[int, ...]
    if operation == "conv2d":
        c = Call(**sizes, x=np.zeros((1, 3, 5, 6)), training=True, p=0.5)
        wanted, other = (4, 3, 2, 2), (2, 2, 3, 4)
    else:
        c = Call(**sizes, x=np.zeros((1, 3)), training=True, p=0.5)
        wanted, other = (4, 3), (3, 4)
    try:
        made = build(target, c)
    except UnreadableError:
        raise
    except ANYTHING:  # what it raises will be told by the first case
        return {}
    for name in members(made, WEIGHT)[:1]:
        shape = np.shape(value_of(getattr(made, name)))
        if shape == other and shape != wanted:
            return {"weight": CHANNELS_LAST if operation == "conv2d" else TRANSPOSED}
    return {}
