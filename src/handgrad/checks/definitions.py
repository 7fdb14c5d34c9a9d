"""Classes and functions known by their source alone: of code that runs elsewhere, or not at all."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Definition:
    """A class or function as it stands in a file.

    Arguments:
        name: its own.
        file: it stands in.
        first: its first line, counted from 1.
        lines: of its source, each with its line end.
        is_function: or a class.
    """

    name: str
    file: Path
    first: int
    lines: tuple[str, ...]
    is_function: bool


def definitions_of(file: Path) -> dict[str, Definition]:
    """What a Python file defines at its top level; nothing where it cannot be read.

    Arguments:
        file: it is parsed, never run.

    Example:
        >>> "definitions_of" in definitions_of(Path(__file__))
        True
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}
    lines = text.splitlines(keepends=True)
    found = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            body = tuple(lines[first - 1 : node.end_lineno])
            function = isinstance(node, ast.FunctionDef)
            found[node.name] = Definition(node.name, file, first, body, function)
    return found
