"""Python text without what only handgrad needs: annotations, and what docstrings say of its errors."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import TypeAlias

WIDTH = 100  # of a line of the handout
Span: TypeAlias = tuple[int, int]
RAISES = re.compile(r"\n*^Raises:\n(?:[ \t]+.*\n?|\n(?=[ \t]))*", re.MULTILINE)
OWN_IMPORT = re.compile(r"from handgrad\.courses\.\w+\.")


def without_annotations(source: str) -> str:
    """The same program with no annotation in it; its comments and its lines stay as they are.

    Arguments:
        source: Python.

    Example:
        >>> without_annotations("def half(x: float, of: int = 2) -> float:\\n    return x / of\\n")
        'def half(x, of=2):\\n    return x / of\\n'
    """
    text = source.encode()  # the syntax tree counts bytes
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def at(line: int | None, column: int | None) -> int:
        return starts[(line or 1) - 1] + (column or 0)

    edits: list[tuple[int, int, bytes]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.annotation is not None:
            start = at(node.lineno, node.col_offset) + len(node.arg.encode())
            end = at(node.annotation.end_lineno, node.annotation.end_col_offset)
            spaced = text[end : end + 3] == b" = "
            edits.append((start, end + 3 if spaced else end, b"=" if spaced else b""))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            arrow = text.rindex(b"->", 0, at(node.returns.lineno, node.returns.col_offset))
            start = len(text[:arrow].rstrip())
            edits.append((start, at(node.returns.end_lineno, node.returns.end_col_offset), b""))
        elif isinstance(node, ast.AnnAssign):
            end = at(node.annotation.end_lineno, node.annotation.end_col_offset)
            if node.value is None:  # says a type and nothing else
                edits.append((starts[node.lineno - 1], starts[(node.end_lineno or node.lineno)], b""))
            else:
                edits.append((at(node.target.end_lineno, node.target.end_col_offset), end, b""))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.decode()


def docstring(text: str, indent: str) -> str:
    """A docstring for the handout: without ``Raises``, importing the handout's modules, in quotes.

    Arguments:
        text: the adapter's.
        indent: of the lines.

    Example:
        >>> print(docstring("Twice.\\n\\nRaises:\\n    ShapeError: of x.\\n\\nReturns:\\n    2 x.", ""))
        \"\"\"Twice.
        <BLANKLINE>
        Returns:
            2 x.
        \"\"\"
    """
    clean = RAISES.sub("\n\n", inspect.cleandoc(text) + "\n").strip("\n")
    clean = OWN_IMPORT.sub("from ", clean).replace("\\", "\\\\")
    clean = re.sub(r"\n{3,}", "\n\n", clean)
    end = "\n" if "\n" in clean else ""
    return textwrap.indent(f'"""{clean}{end}"""', indent)


def with_plain_docstrings(source: str) -> str:
    """The same program, every docstring as `docstring` makes it."""
    lines = source.splitlines()
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    places: list[tuple[Span, str]] = []
    for node in nodes:
        text = ast.get_docstring(node)
        if text is not None:
            first = node.body[0]
            indent = " " * first.col_offset
            places.append(((first.lineno - 1, first.end_lineno or first.lineno), docstring(text, indent)))
    for (start, end), new in sorted(places, reverse=True):
        lines[start:end] = new.splitlines()
    return "\n".join(lines) + "\n"


def header(node: ast.FunctionDef, indent: str = "") -> str:
    """The line ``def name(arguments):``, in several lines where it is long.

    Example:
        >>> header(ast.parse("def half(x: float, *, of: int = 2) -> float: ...").body[0])
        'def half(x, *, of=2):'
    """
    line = f"{indent}def {node.name}({', '.join(_arguments(node.args))}):"
    if len(line) <= WIDTH:
        return line
    inner = "\n".join(f"{indent}    {argument}," for argument in _arguments(node.args))
    return f"{indent}def {node.name}(\n{inner}\n{indent}):"


def _arguments(args: ast.arguments) -> list[str]:
    positional = [*args.posonlyargs, *args.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(args.defaults))
    found = [_argument(*pair) for pair in zip(positional, [*missing, *args.defaults], strict=True)]
    if args.posonlyargs:
        found.insert(len(args.posonlyargs), "/")
    if args.vararg or args.kwonlyargs:
        found.append(f"*{args.vararg.arg if args.vararg else ''}")
    found += [_argument(*pair) for pair in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    return [*found, f"**{args.kwarg.arg}"] if args.kwarg else found


def _argument(arg: ast.arg, default: ast.expr | None) -> str:
    return arg.arg if default is None else f"{arg.arg}={ast.unparse(default)}"
