"""What an expression of a script stands for, as far as the test set is concerned."""

import ast
import re
from dataclasses import dataclass
from typing import TypeAlias

TEST = re.compile(r"(?<![A-Za-z])test(?!ament|imon)", re.IGNORECASE)
"""In a path or a key: "MNIST_test_images.npy", not "latest.npy"."""

LOADS = re.compile(r"load|open|read|fromfile|genfromtxt")
"""In the name of what gives data for a path."""

PATHS = re.compile(r"join|Path|format|abspath|expanduser|str|replace")
"""In the name of what makes a path of a path."""

NUMBERS = frozenset(
    {"len", "range", "int", "float", "bool", "repr", "print", "isinstance", "type", "id", "time", "item"}
    | {"min", "max", "argmax", "argmin", "mean", "std", "var", "shape", "size", "ndim", "dtype"}
    | {"arange", "permutation", "shuffle", "zeros", "ones", "zeros_like", "ones_like"}
)
"""Calls and attributes after which nothing of the images is left that one could learn from."""

CASTS = frozenset({"float", "int", "bool", "type"})
"""Of a tensor these are methods, and make another tensor."""


@dataclass(frozen=True)
class Mark:
    """A value that comes from the test set.

    Arguments:
        kind: "path" of a file of it, its "data", or what a network made of it: "output".
        line: where it was loaded.
        branch: of an output: the branch in which it was made, 0 outside all.
    """

    kind: str
    line: int = 0
    branch: int = 0


Value: TypeAlias = "Mark | tuple[Value, ...] | None"
"""A mark; several values; nothing of the test set."""


def is_test(text: object) -> bool:
    """Whether a text names the test set.

    Example:
        >>> is_test("./Project3_Data/MNIST_test_images.npy"), is_test("latest/contest.npy")
        (True, False)
    """
    return isinstance(text, str) and TEST.search(text) is not None


def joined(*values: Value) -> Value:
    """What is made of several values: an output before data before a path."""
    marks = [mark for value in values for mark in marks_of(value)]
    for kind in ("output", "data", "path"):
        for mark in marks:
            if mark.kind == kind:
                return mark
    return None


def marks_of(value: Value) -> list[Mark]:
    """All marks inside a value."""
    if isinstance(value, tuple):
        return [mark for one in value for mark in marks_of(one)]
    return [] if value is None else [value]


def data_of(value: Value) -> Mark | None:
    """The mark of data, or of an output, in a value."""
    mark = joined(value)
    return mark if isinstance(mark, Mark) and mark.kind != "path" else None


def element(value: Value) -> Value:
    """What a loop over a value gives."""
    return joined(value) if isinstance(value, tuple) else value


def common(one: Value, other: Value) -> Value:
    """What a value is for certain where two branches meet."""
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return tuple(common(a, b) for a, b in zip(one, other, strict=True))
    if one is None or other is None:
        return None
    return joined(one, other)


def text_of(node: ast.AST) -> str:
    """The key of a name or an attribute, "net" or "self.x"; empty of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = text_of(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def loop_item(iterable: ast.expr, held: Value) -> Value:
    """What a loop's variable holds: pairs of an enumerate or a zip stay pairs."""
    called = iterable.func if isinstance(iterable, ast.Call) else None
    name = called.id if isinstance(called, ast.Name) else ""
    if isinstance(iterable, ast.Call) and iterable.args and name == "enumerate":
        return (None, loop_item(iterable.args[0], held))
    if name == "zip" and isinstance(held, tuple):
        return tuple(element(one) for one in held)
    return element(held)


def is_main(test: ast.expr) -> bool:
    """``if __name__ == "__main__"``."""
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(test))


def leaves(node: ast.If) -> bool:
    """Whether a branch does not go on behind its ``if``."""
    return isinstance(node.body[-1], (ast.Return, ast.Continue, ast.Break, ast.Raise))


def false_test_set(node: ast.Call, name: str) -> Value:
    """Torchvision's ``MNIST(root, train=False)``."""
    for word in node.keywords:
        if word.arg == "train" and isinstance(word.value, ast.Constant) and word.value.value is False:
            return Mark("data", node.lineno) if name.endswith("MNIST") else None
    return None
