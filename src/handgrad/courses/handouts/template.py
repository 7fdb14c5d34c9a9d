"""Starting files from templates: a template has the bodies, the adapter has signatures and docstrings.

A template is Python. A function or class in it that the adapter has too gets the adapter's signature and
docstring; the template writes ``def name():``. ``@open`` marks what the student is to write: the body that
stands there is the placeholder. ``@given`` takes the whole of it from the adapter.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from handgrad.courses.handouts.plain import docstring, header, with_plain_docstrings, without_annotations

OPEN, GIVEN = "open", "given"
YOURS = "# Your code here, in place of the following."

Definition = ast.FunctionDef | ast.ClassDef


def open_names(template: str) -> list[str]:
    """What a template leaves open, ``function`` or ``Class.method``, in its order.

    Arguments:
        template: its text.

    Example:
        >>> open_names("class Sum:\\n    @open\\n    def forward():\\n        return 0\\n")
        ['Sum.forward']
    """
    return [name for name, node in _definitions(ast.parse(template)) if OPEN in _marks(node)]


def filled(template: str, adapter: ModuleType) -> str:
    """The starting file.

    Arguments:
        template: its text.
        adapter: the course's module, for signatures, docstrings and what is given as it is.

    Example:
        >>> from handgrad.courses.thu import functions
        >>> text = filled("@open\\ndef avgpool2d_forward():\\n    return 0.0\\n", functions)
        >>> print(text.splitlines()[0])
        def avgpool2d_forward(input, kernel_size, pad):
    """
    lines = template.splitlines()
    for name, node in sorted(_definitions(ast.parse(template)), key=lambda pair: -pair[1].lineno):
        start = min((mark.lineno for mark in node.decorator_list), default=node.lineno) - 1
        indent, marks = " " * node.col_offset, _marks(node)
        if GIVEN in marks:
            lines[start : node.end_lineno] = _source(adapter, name, indent).splitlines()
        elif (twin := _twin(adapter, name)) is not None:
            kept = [] if marks else lines[start : node.lineno - 1]  # the decorators that are Python's
            lines[start : node.lineno] = kept + _beginning(node, twin, indent, marks)
    return "\n".join(lines) + "\n"


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    for node in tree.body:
        if isinstance(node, Definition):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not _marks(node):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _marks(node: Definition) -> set[str]:
    names = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
    return names & {OPEN, GIVEN}


def _beginning(node: Definition, twin: Definition, indent: str, marks: set[str]) -> list[str]:
    """The lines up to the body."""
    if isinstance(node, ast.ClassDef) or isinstance(twin, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, getattr(node, "bases", ())))
        beginning = f"{indent}class {node.name}({bases}):" if bases else f"{indent}class {node.name}:"
    else:
        beginning = header(twin, indent)
    found, inner = beginning.splitlines(), indent + "    "
    text = ast.get_docstring(twin)
    if text and ast.get_docstring(node) is None:
        found += docstring(text, inner).splitlines()
        found += [""] if isinstance(node, ast.ClassDef) else []
    return [*found, inner + YOURS] if OPEN in marks else found


def _object(adapter: ModuleType, name: str) -> Any:
    first, *rest = name.split(".")
    found = vars(adapter).get(first)
    for part in rest:
        found = inspect.getattr_static(found, part, None) if found is not None else None
    return found


def _twin(adapter: ModuleType, name: str) -> Definition | None:
    """The adapter's definition of the same name, where it has one."""
    found = _object(adapter, name)
    if not inspect.isfunction(found) and not inspect.isclass(found):
        return None
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(found))).body
    assert isinstance(node, Definition)
    return node


def _source(adapter: ModuleType, name: str, indent: str) -> str:
    """The adapter's own text, as a student reads it."""
    found = _object(adapter, name)
    assert found is not None, f"{adapter.__name__} has no {name}"
    text = textwrap.dedent(inspect.getsource(found))
    return textwrap.indent(with_plain_docstrings(without_annotations(text)), indent)
