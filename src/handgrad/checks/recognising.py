"""What a piece of code is: a course's, or of the plain style; else what to write so that it becomes one."""

import inspect

from handgrad.checks.styles import STYLES, Interface, Target
from handgrad.checks.styles.plain import optimizer, recognise
from handgrad.errors import ArgumentError, DataError

ADAPTER = """import {module}
def conv2d_forward(x, weight, bias, stride, padding): return {module}.{name}(...).run(x)
def conv2d_backward(dy, x, weight, bias, stride, padding): return {module}.{name}(...).back(dy)
# save as adapter.py, with your calls for the dots, and run: handgrad check adapter.py:conv2d_forward"""
"""Four lines that make a pair of functions of anything; backward returns dx, dweight, dbias."""


class UnrecognisedError(DataError):
    """A piece whose operation cannot be told; the hint is an adapter, four lines of Python."""


def style_named(course: str) -> str:
    """The name of a course that is known here, or "plain".

    Raises:
        ArgumentError: there is no such course.
    """
    if course in STYLES or course == "plain":
        return course
    expected = f"one of {', '.join(STYLES)}, or plain"
    raise ArgumentError("course", expected=expected, got=repr(course), hint="see `handgrad check --help`")


def interfaces_for(target: Target, course: str = "") -> list[Interface]:
    """How a piece is to be called: one interface for each operation that it has.

    Arguments:
        target: the piece.
        course: whose style it has; empty: any.

    Raises:
        DataError: it is not recognised; shows an adapter.
    """
    for name in [style_named(course)] if course else _likely(target):
        found = list(STYLES[name].named(target.name)) if name in STYLES else []
        if found:
            return found
    plain = recognise(target) or optimizer(target)
    if plain is not None:
        return [plain]
    module = target.file.stem if target.file else "mylayers"
    adapter = ADAPTER.format(module=module, name=target.name)
    raise UnrecognisedError(
        target.name,
        expected="an operation that its name and arguments tell (Conv2d, relu_forward, MaxPool ...)",
        got=_kind(target),
        hint=adapter,
    )


def known(target: Target, course: str) -> bool:
    """Whether a piece found in a file is one to check, asked quietly."""
    try:
        return bool(interfaces_for(target, course))
    except DataError:
        return False


def _kind(target: Target) -> str:
    try:
        return f"{target.name}{inspect.signature(target.thing)}"
    except (TypeError, ValueError):
        return f"{target.name}, a {type(target.thing).__name__}"


def _likely(target: Target) -> list[str]:
    """The courses whose style a piece has, by its name and its arguments."""
    return [name for name, style in STYLES.items() if style.named(target.name) and _fits(target, name)]


SIGNATURES = {
    ("cs5242", "ReLU"): ("backward", 2),
    ("cs5242", "Flatten"): ("backward", 2),
    ("cs5242", "Dropout"): ("backward", 2),
    ("cs5242", "Pooling"): ("backward", 2),
    ("cs5242", "Convolution"): ("backward", 2),
    ("thu", "Relu"): ("__init__", 1),
    ("thu", "Sigmoid"): ("__init__", 1),
    ("thu", "Linear"): ("__init__", 4),
    ("thu", "Conv2D"): ("__init__", 6),
    ("thu", "AvgPool2D"): ("__init__", 3),
    ("thu", "Reshape"): ("__init__", 2),
    ("thu", "EuclideanLoss"): ("__init__", 1),
    ("thu", "conv2d_forward"): ("", 5),
    ("thu", "avgpool2d_forward"): ("", 3),
    ("cs5242", "SGD"): ("update", 3),
    ("cmu10601", "relu_forward"): ("", 2),
    ("cmu10601", "elu_forward"): ("", 2),
}
"""Names that not only this course uses: which method takes how many arguments there, self not counted."""


def _fits(target: Target, course: str) -> bool:
    for interface in STYLES[course].named(target.name):
        wanted = SIGNATURES.get((course, interface.name))
        if wanted is None:
            return True
        method, count = wanted
        function = getattr(target.thing, method, None) if method else target.space.get(interface.name)
        if function is None:
            return False
        try:
            arguments = [
                one
                for one in inspect.signature(function).parameters.values()
                if one.name != "self" and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
            ]
        except (TypeError, ValueError):
            return False
        least = len([one for one in arguments if one.default is one.empty])
        return least <= count <= len(arguments) and not {"weight", "stride"} & {one.name for one in arguments}
    return True
