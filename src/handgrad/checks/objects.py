"""An object with its own weights, checked on an x of the user's: its slopes against its backward pass."""

import contextlib
import copy
import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, pair
from handgrad.checks.calling import Caller
from handgrad.checks.case import Case, generator
from handgrad.checks.numeric import STEPS, Function, agrees, by_element, direction, is_kink
from handgrad.checks.operations import OPERATIONS, Operation
from handgrad.checks.operations.operation import Arrays
from handgrad.checks.passes.piece import Call, Gradients, Pass, Target
from handgrad.checks.passes.running import quietly
from handgrad.checks.styles.interface import Interface
from handgrad.checks.styles.members import gradients_of, members, ordered, value_of
from handgrad.checks.styles.words import BIAS, WEIGHT, gradient_names, operation_of
from handgrad.errors import ArgumentError

BACK = ("backward", "backprop", "bprop")
MOST = 200
"""Elements that are differentiated one by one; of a larger array only some are."""

SAMPLED = 40

SETTINGS = {
    "conv2d": ("stride", "padding"),
    "max_pool2d": ("kernel_size", "stride", "padding"),
    "avg_pool2d": ("kernel_size", "stride", "padding"),
}
EXACT = ("linear", "conv2d", "max_pool2d", "avg_pool2d", "relu", "sigmoid", "tanh", "softmax", "flatten")
"""Operations whose settings can be read off an object, so that its forward pass can be checked too."""


def interface_of(thing: Any, name: str) -> Interface:
    """How to call an object: `forward`, and `backward` or `backprop`, with what their arguments ask for.

    Raises:
        ArgumentError: it has no such methods.
    """
    back = next((method for method in BACK if callable(getattr(thing, method, None))), "")
    if not callable(getattr(thing, "forward", None)) or not back:
        raise ArgumentError(
            "check",
            expected="a class, a function, or an object with forward and backward",
            got=repr(thing)[:80],
            hint="give it the methods forward(x) and backward(dy)",
        )

    def build(target: Target, c: Call) -> Any:
        made = copy.deepcopy(thing)
        for key, value in vars(c).items():
            if key in parameters_of(thing):
                _give(made, key, value)
        return made

    def forward(made: Any, c: Call) -> Any:
        c.training, c.rng = True, np.random.default_rng(0)
        found = _forward(made, c)
        c.cache = None
        if isinstance(found, tuple):
            c.cache, found = (found[1] if len(found) == 2 else found[1:]), found[0]
        return found

    def backward(made: Any, c: Call) -> Gradients:
        found = ordered(getattr(made, back), "", c, back=True)
        result = dict(gradients_of(found, None, c))
        names = parameters_of(thing)
        if isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], Mapping):
            result = {
                "dx": found[0],
                **{f"d{key}": found[1][names[key]] for key in names if names[key] in found[1]},
            }
        for key, attribute in names.items():
            own = members(made, gradient_names((attribute,)))
            if f"d{key}" not in result and own:
                result[f"d{key}"] = getattr(made, own[0])
        return result

    return Interface(Pass(name, "own", forward, backward, build))


def _forward(made: Any, c: Call) -> Any:
    """With rng and training where the method takes them, as `handgrad.Layer` does."""
    names = inspect.signature(made.forward).parameters
    extra = {name: vars(c)[name] for name in ("training", "rng") if name in names}
    if extra and "targets" not in vars(c):
        return made.forward(c.x, **extra)
    return ordered(made.forward, "", c)


def parameters_of(thing: Any) -> dict[str, str]:
    """The attribute of each trained array, by "weight", "bias", or its own name."""
    found: dict[str, str] = {}
    parameters = getattr(thing, "parameters", None)
    if callable(parameters):
        try:
            named = parameters()
        except TypeError:
            named = None
        if isinstance(named, Mapping):
            return {str(name): str(name) for name in named}
    for key, names in (("weight", WEIGHT), ("bias", BIAS)):
        for attribute in members(thing, names)[:1]:
            if isinstance(value_of(getattr(thing, attribute)), np.ndarray):
                found[key] = attribute
    for attribute, value in vars(thing).items() if hasattr(thing, "__dict__") else ():
        if (
            isinstance(value, np.ndarray)
            and attribute not in found.values()
            and members(thing, gradient_names((attribute,)))
        ):
            found[attribute] = attribute
    return found


def _give(made: Any, key: str, value: AnyArray) -> None:
    attribute = parameters_of(made)[key]
    holder = getattr(made, attribute)
    if value_of(holder) is holder:
        setattr(made, attribute, value)
        return
    if callable(getattr(holder, "astype", None)):
        holder.astype(np.float64)
    value_of(holder)[...] = value


def case_of(thing: Any, x: AnyArray, targets: AnyArray | None) -> tuple[Case, list[str]]:
    """The one case: the user's x, the object's weights, both as float64; and remarks on what was lifted."""
    arrays: dict[str, AnyArray] = {"x": np.asarray(x)}
    arrays |= {key: np.asarray(value_of(getattr(thing, name))) for key, name in parameters_of(thing).items()}
    narrow = [key for key, value in arrays.items() if value.dtype.kind == "f" and value.dtype != np.float64]
    notes = []
    if narrow:
        notes.append(
            f"float32 was lifted to float64: {', '.join(narrow)}. Differences of float32 numbers have three "
            "digits at most, and would call right gradients wrong"
        )
    arrays = {key: value.astype(np.float64) for key, value in arrays.items()}
    if targets is not None:
        arrays["targets"] = np.asarray(targets)
    return Case("your x", _settings(thing), arrays), notes


def _settings(thing: Any) -> dict[str, Any]:
    """Window, stride and padding, where the object tells all of them as plain numbers."""
    names = SETTINGS.get(operation_of(type(thing).__name__), ())
    found: dict[str, Any] = {name: getattr(thing, name, None) for name in names}
    if "kernel_size" in found and isinstance(found["kernel_size"], (int, tuple)):
        found["kernel_size"] = pair(found["kernel_size"])
        if found["stride"] is None:
            found["stride"] = pair(found["kernel_size"])[0]
    plain = all(isinstance(found[name], int) for name in names if name != "kernel_size")
    return found if plain and None not in found.values() else {}


def operation_for(thing: Any, caller: Caller, case: Case, notes: list[str]) -> tuple[Operation, Case]:
    """What is right for an object: its own slopes, and the naive op's output where its name tells which.

    Arguments:
        thing: the object.
        caller: calls it.
        case: without an upstream gradient yet.
        notes: is added to.
    """
    outcome = caller.ask(case, backward=False)
    y = outcome.got.get("forward")
    if y is not None and y.ndim:
        dy = generator("dy", y.shape).uniform(0.5, 1.5, y.shape) * np.where(
            generator("sign", y.shape).random(y.shape) < 0.5, -1, 1
        )
        case = Case(case.title, case.settings, case.arrays, dy.round(2))
    known = operation_of(type(thing).__name__)
    exact = OPERATIONS[known] if known in EXACT and _readable(thing, known, case) else None

    def right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
        found: Arrays = dict(got)
        if exact is not None:
            # settings may mean something else here
            with contextlib.suppress(ValueError, AttributeError, TypeError, KeyError):
                found["forward"] = exact.expect(case, {})["forward"]
        for name, key in gradients.items():
            if name in got:
                found[name] = _numerical(caller, case, name, key, got[name], notes)
        return found

    gradients = {
        f"d{key}": key for key, value in case.arrays.items() if value.dtype.kind == "f" and key != "targets"
    }
    page = exact.document.rpartition("/")[2].removesuffix(".md") if exact is not None else "index"
    name = exact.name if exact is not None else "own"
    return Operation(name, right, tuple, gradients, page=page, slopes=False), case


def _readable(thing: Any, operation: str, case: Case) -> bool:
    return getattr(thing, "groups", 1) == 1 and len(case.settings) == len(SETTINGS.get(operation, ()))


def _numerical(caller: Caller, case: Case, name: str, key: str, got: AnyArray, notes: list[str]) -> AnyArray:
    """The gradient by differences: along one direction, and element by element only where that disagrees."""
    array = case.arrays[key]

    def value(moved: AnyArray) -> float:
        return caller.value(Case(case.title, case.settings, {**case.arrays, key: moved}, case.dy))

    if got.shape == array.shape and _agrees(value, array, got, name):
        return got
    if array.size > MOST:
        return _some(value, array, got)
    elements = by_element(value, array)
    if elements.kinks.any():
        notes.append(
            f"{int(elements.kinks.sum())} of {array.size} numbers of {key} are at a kink (a ReLU at 0, equal "
            "maxima): left and right slopes differ there, any number between is right; they were left out"
        )
    if got.shape != array.shape:
        return elements.gradient
    return np.where(elements.kinks, got, elements.gradient)


def _agrees(value: Function, array: AnyArray, got: AnyArray, name: str) -> bool:
    along = direction(array.shape, "object", name)
    with quietly(0):
        return agrees(value, array, along, float((got * along).sum()))


def _some(value: Function, array: AnyArray, got: AnyArray) -> AnyArray:
    """A large array's gradient at some places; elsewhere it is taken as it came."""
    found = got.astype(np.float64).copy() if got.shape == array.shape else np.zeros(array.shape)
    step = STEPS[0]
    for place in generator("places", array.shape).choice(array.size, SAMPLED, replace=False):
        along = np.zeros(array.shape)
        along.reshape(-1)[place] = 1.0
        slope = (value(array + step * along) - value(array - step * along)) / (2 * step)
        near = abs(slope - found.reshape(-1)[place]) <= 1e-5 * max(abs(slope), 1.0)
        if not near and not is_kink(value, array, along):
            found.reshape(-1)[place] = slope
    return found
