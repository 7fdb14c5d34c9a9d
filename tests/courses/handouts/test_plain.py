"""Python text without annotations and without what docstrings say of handgrad's errors."""

import ast
import inspect

from handgrad.courses.cs5242 import models
from handgrad.courses.handouts.plain import docstring, header, with_plain_docstrings, without_annotations


def test_every_kind_of_annotation_goes() -> None:
    source = (
        "class A:\n"
        "    kept: int\n"
        "    def f(self, a: int, /, b: str = 'x', *c: int, d: float | None = None, **e: int) -> list[int]:\n"
        "        y: dict[str, int] = {}  # grün\n"
        "        self.z: int = 3\n"
        "        return y\n"
    )
    assert without_annotations(source) == (
        "class A:\n"
        "    def f(self, a, /, b='x', *c, d=None, **e):\n"
        "        y = {}  # grün\n"
        "        self.z = 3\n"
        "        return y\n"
    )


def test_columns_are_counted_in_bytes() -> None:
    assert without_annotations("def f(α: int, β: int = 2) -> int: return α\n") == "def f(α, β=2): return α\n"


def test_a_whole_module_means_the_same() -> None:
    source = inspect.getsource(models.Model)
    plain = ast.parse(without_annotations(source))
    assert not [node for node in ast.walk(plain) if isinstance(node, ast.AnnAssign)]
    assert all(node.returns is None for node in ast.walk(plain) if isinstance(node, ast.FunctionDef))
    names = [
        [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for tree in (plain, ast.parse(source))
    ]
    assert names[0] == names[1]


def test_docstrings_keep_all_but_the_errors() -> None:
    text = "Of x.\n\nRaises:\n    ShapeError: one\n        that does not fit.\n\nExample:\n    >>> 1\n    1"
    assert docstring(text, "  ") == '  """Of x.\n\n  Example:\n      >>> 1\n      1\n  """'
    assert docstring("One line.\n\nRaises:\n    DataError: bad.", "") == '"""One line."""'
    assert docstring(">>> from handgrad.courses.thu.layers import Relu", "").startswith('""">>> from layers ')


def test_docstrings_inside_of_a_class() -> None:
    source = 'class A:\n    """A.\n\n    Raises:\n        DataError: no.\n    """\n\n    x = 1\n'
    assert with_plain_docstrings(source) == 'class A:\n    """A."""\n\n    x = 1\n'


def test_a_long_header_is_broken() -> None:
    (node,) = ast.parse(f"def f({', '.join(f'argument_{i}: int = {i}' for i in range(9))}): ...").body
    assert isinstance(node, ast.FunctionDef)
    lines = header(node, "    ").splitlines()
    assert lines[0] == "    def f("
    assert lines[1] == "        argument_0=0,"
    assert lines[-1] == "    ):"
