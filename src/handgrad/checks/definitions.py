"""Classes and functions known by their source alone: of code that runs elsewhere, or not at all."""

import ast
import io
import tokenize
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


def decoded(source: bytes) -> str:
    """The text of a Python file as Python itself reads it: by its first lines' word on the encoding.

    What cannot be read so is read as UTF-8, with replacements.

    Example:
        >>> decoded(b"\\xef\\xbb\\xbfx = 1"), decoded("# coding: latin-1\\n# \xe9".encode("latin-1"))[-1]
        ('x = 1', '\xe9')
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        text = source.decode("utf-8-sig", errors="replace")
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)


def definitions_of(file: Path) -> dict[str, Definition]:
    """What a Python file defines at its top level; nothing where it cannot be read.

    Arguments:
        file: it is parsed, never run.

    Example:
        >>> "definitions_of" in definitions_of(Path(__file__))
        True
    """
    try:
        text = decoded(file.read_bytes())
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
