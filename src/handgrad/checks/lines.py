"""The line to look at: what a cause looks like in source code."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from handgrad.checks.definitions import Definition
from handgrad.checks.passes.piece import Target
from handgrad.checks.styles.interface import Interface

Place = tuple[int, str, str]
"""Line, its text, file."""

MOST = 20  # sources: enough for any layer
DIVIDES = ("mean", "average")
BACKWARD = ("backward", "backprop", "update_grad", "grad", "_od")
UPDATE = ("update", "step", "sgd")
FORWARD = ("forward", "predict", "__call__")


class Source:
    """A function or class of a student's, parsed.

    Arguments:
        thing: it.
    """

    def __init__(self, thing: Any) -> None:
        if isinstance(thing, Definition):
            if not thing.lines:
                raise OSError(f"no source of {thing.name}")
            lines, first, self.file = list(thing.lines), thing.first, str(thing.file)
        else:
            lines, first = inspect.getsourcelines(thing)
            self.file = inspect.getsourcefile(thing) or ""
        self.lines, self.first = lines, first
        indent = len(lines[0]) - len(lines[0].lstrip())
        self.tree = ast.parse("".join(line[indent:] if line.strip() else line for line in lines))

    def place(self, node: ast.AST) -> Place:
        """Where a node stands in its file."""
        offset = getattr(node, "lineno", 1) - 1
        return self.first + offset, self.lines[offset].strip(), self.file


def sources_of(interface: Interface, target: Target) -> list[Source]:
    """The target's own source, and that of its partner functions."""
    things = [target.thing if not _is_object(target.thing) else type(target.thing)]
    things += [target.space[name] for name in interface.partners if name in target.space]
    if interface.name in target.space:
        things.append(target.space[interface.name])
    found: dict[Any, Source] = {}
    for thing in things:  # grows: by the functions of the same file that are called
        if thing in found or len(found) > MOST:
            continue
        try:
            found[thing] = Source(thing)
        except (OSError, TypeError, SyntaxError, ValueError):
            continue  # typed at a prompt, or made by a program
        things += _called(found[thing], target)
    return list(found.values())


def _called(source: Source, target: Target) -> list[Any]:
    """Functions of the target's own module that a source names."""
    names = {node.id for node in ast.walk(source.tree) if isinstance(node, ast.Name)}
    if isinstance(target.thing, Definition):
        return [thing for name, thing in target.space.items() if name in names and thing.is_function]
    module = getattr(target.thing, "__module__", None)
    return [
        thing
        for name, thing in target.space.items()
        if name in names and inspect.isfunction(thing) and thing.__module__ == module
    ]


def _is_object(thing: Any) -> bool:
    return not (inspect.isclass(thing) or inspect.isfunction(thing) or isinstance(thing, Definition))


def returns_zeros(sources: list[Source], what: str) -> bool:
    """Whether a function of a pass makes the zeros that it returns in the line that returns them."""
    for source in sources:
        for function in _functions(source, what):
            returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
            if any(value is not None and _zeros(value, function) for value in returned):
                return True
    return False


def _zeros(value: ast.expr, function: ast.FunctionDef) -> bool:
    """Whether what is returned is made of zeros in one line, and nothing is written into it."""
    if not isinstance(value, ast.Name):
        return _made_of_zeros(value, function)
    made = written = False
    for node in ast.walk(function):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            place = text_of(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            if place.partition("[")[0] == value.id:
                made |= _made_of_zeros(node.value, function)
                written |= "[" in place and not _made_of_zeros(node.value, function)
    return made and not written


def _made_of_zeros(value: ast.expr, function: ast.FunctionDef) -> bool:
    made = calls("zeros", "zeros_like")
    return any(made(one, function, "") for one in ast.walk(value))


def whole_numbers(sources: list[Source]) -> list[int]:
    """The numbers that stand in the code, each once."""
    found = {}
    for source in sources:
        for node in ast.walk(source.tree):
            number = _whole(node)
            if number is not None and number > 0:
                found[number] = True
    return list(found)


def _whole(node: ast.AST) -> int | None:
    """A whole number, or a product or sum of such: 28 * 13 * 13."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Add)):
        left, right = _whole(node.left), _whole(node.right)
        if left is not None and right is not None:
            return left * right if isinstance(node.op, ast.Mult) else left + right
    return None


def point(cause: str, what: str, interface: Interface, target: Target) -> Place | None:
    """The first line that looks like the cause; the function itself where none does."""
    sources = sources_of(interface, target)
    test = LOOKS.get(cause)
    for source in sources:
        for function in _functions(source, what):
            if test is None:
                continue
            for node in ast.walk(function):
                if test(node, function, what):
                    return source.place(node)
    for source in sources:
        for function in _functions(source, what):
            return source.place(function)
    return None


STEPPED = ("weight", "bias", "update")
"""Results of an optimizer's steps."""


def _functions(source: Source, what: str) -> Iterator[ast.FunctionDef]:
    """The functions of the pass in which a result is made, the most likely first."""
    functions = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]
    updates = [one for one in functions if any(word in one.name for word in UPDATE)]
    if what in STEPPED and updates:
        yield from updates
        return
    wanted = FORWARD if what == "forward" else BACKWARD
    other = BACKWARD if what == "forward" else FORWARD
    named = [one for one in functions if any(word in one.name for word in wanted)]
    rest = [
        one
        for one in functions
        if one not in named and one.name != "__init__" and not any(word in one.name for word in other)
    ]
    yield from named
    yield from rest


Test = Callable[[ast.AST, ast.FunctionDef, str], bool]


def text_of(node: ast.AST) -> str:
    """A node as source."""
    try:
        return ast.unparse(node)
    except (ValueError, RecursionError):
        return ""


def calls(*names: str) -> Test:
    """A call of a function or method with one of these names."""

    def test(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
        return isinstance(node, ast.Call) and text_of(node.func).rpartition(".")[2] in names

    return test


def _divides(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    if calls(*DIVIDES)(node, function, what):
        return True
    value = getattr(node, "right", None) or getattr(node, "value", None)
    return (
        isinstance(getattr(node, "op", None), (ast.Div, ast.FloorDiv))
        and value is not None
        and any(word in text_of(value) for word in ("shape[0]", "len(", "N", "batch", "n"))
    )


def _floor(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    return isinstance(getattr(node, "op", None), ast.FloorDiv) or (
        isinstance(node, ast.Call)
        and any(word in text_of(node) for word in ("astype(int", "int64", "zeros_like"))
    )


def _assigns_argument(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    names = {one.arg for one in function.args.args} - {"self"}
    if isinstance(node, ast.AugAssign):
        return text_of(node.target).partition("[")[0] in names
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Subscript) and text_of(one.value) in names for one in node.targets)
    return isinstance(node, ast.keyword) and node.arg == "out" and text_of(node.value) in names


def _adds_to_own(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    return isinstance(node, ast.AugAssign) and text_of(node.target).startswith("self.")


def _flips(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    if isinstance(node, ast.Slice) and node.step is not None and text_of(node.step) == "-1":
        return True
    return calls("flip", "rot90", "convolve", "convolve2d", "fliplr", "flipud")(node, function, what)


def _compares_gradient(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    words = ("grad", "dy", "dout", "dL", "diff")
    return isinstance(node, ast.Compare) and any(word in text_of(node.left) for word in words)


def _equal(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    return isinstance(node, ast.Compare) and any(isinstance(op, (ast.Eq, ast.GtE)) for op in node.ops)


def _transposes(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return True
    return calls("dot", "matmul", "transpose", "einsum", "tensordot", "swapaxes")(node, function, what)


def _number(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value > 4


def _mentions(*words: str) -> Test:
    def test(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
        return isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and any(
            word in text_of(node) for word in words
        )

    return test


VELOCITY = re.compile(r"(?<![a-z])(moment|diff|velocity|theta|v_|mu)", re.IGNORECASE)


def _steps(node: ast.AST, function: ast.FunctionDef, what: str) -> bool:
    """A line with a velocity: a word of its own, as conv_layer_1 has a v_ too."""
    return isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and bool(VELOCITY.search(text_of(node)))


LOOKS: dict[str, Test] = {
    "gradient-divided-by-batch": _divides,
    "gradient-divided-twice": _divides,
    "summed-over-wrong-axis": calls("sum", "mean"),
    "weight-transposed": _transposes,
    "kernel-flipped": _flips,
    "kernel-flip-wrong-in-dx": _flips,
    "max-pool-gradient-to-every-tie": _equal,
    "max-pool-gradient-misplaced": calls("argmax", "unravel_index"),
    "max-pool-mixes-channels-and-window": calls("reshape"),
    "average-pool-not-divided": calls("sum"),
    "softmax-overflow": calls("exp"),
    "softmax-jacobian-diagonal": _mentions("1 -", "(1-"),
    "log-of-zero": calls("log"),
    "relu-mask-from-gradient": _compares_gradient,
    "dropout-not-rescaled": _mentions("mask", "ratio", "rand"),
    "dropout-in-evaluation": _mentions("mask", "rand"),
    "dropout-new-mask-in-backward": calls("rand", "random", "binomial", "random_sample", "uniform"),
    "bias-gradient-missing-spatial-sum": calls("sum"),
    "input-modified": _assigns_argument,
    "gradients-accumulated": _adds_to_own,
    "integer-division": _floor,
    "im2col-wrong-strides": calls("as_strided"),
    "momentum-sign-wrong": _steps,
    "momentum-rate-misplaced": _steps,
    "weight-decay-on-bias": _mentions("decay"),
    "hard-coded-size": _number,
    "activation-derivative-wrong": _mentions("return", "="),
}
"""By cause."""
