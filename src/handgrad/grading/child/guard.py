"""Imports under a course's rules: what a submission may import, and how its own files are read."""

import ast
import builtins
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

HARMLESS = (
    "array",
    "zeros",
    "ones",
    "arange",
    "linspace",
    "eye",
    "float32",
    "float64",
    "full",
    "int",
    "float",
    "bool",
    "str",
    "range",
    "list",
    "tuple",
    "dict",
    "set",
    "sqrt",
    "exp",
    "log",
    "finfo",
    "seed",
    "default_rng",
    "RandomState",
    "defaultdict",
    "OrderedDict",
    "namedtuple",
    "partial",
    "getLogger",
)
"""Calls whose result a module may hold, where only its definitions are run: quick, and without a file."""

FORBIDDEN = ("handgrad",)

CODE = Path(__file__).parents[2]
"""Of what runs beside the submission."""


class Finder(MetaPathFinder):
    """Finds a submission's own modules; refuses what no submission may import.

    Arguments:
        folders: of the submission, and of the files that its course hands out, in this order.
        forbidden: top-level names that may not be imported.
        scripts: modules of which only the definitions are run.
    """

    def __init__(self, folders: Sequence[str], forbidden: Sequence[str], scripts: Sequence[str]) -> None:
        self.folders, self.scripts = list(folders), tuple(scripts)
        self.forbidden = {*forbidden, *FORBIDDEN}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's specification, where it is one of these."""
        top = fullname.partition(".")[0]
        if top in self.forbidden:
            raise ImportError(f"the rules of the course do not allow {top!r}")
        if path is None:
            spec = PathFinder.find_spec(fullname, self.folders)
        elif any(one.startswith(tuple(self.folders)) for one in path):
            spec = PathFinder.find_spec(fullname, path)
        else:
            return None
        if spec is not None and isinstance(spec.loader, SourceFileLoader) and fullname in self.scripts:
            spec.loader = Definitions(fullname, spec.loader.path)
        return spec


class Definitions(SourceFileLoader):
    """Runs the definitions of a script: its imports, functions, classes and constants, not what it does."""

    def get_code(self, fullname: str) -> CodeType:
        """The code without the rest."""
        tree = ast.parse(self.get_data(self.path), self.path)
        tree.body = [node for node in tree.body if is_definition(node)]
        return compile(tree, self.path, "exec")


def is_definition(node: ast.stmt) -> bool:
    """Whether a line at the top of a script defines something."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    if isinstance(node, ast.Try):  # try: import torch
        handlers = [line for handler in node.handlers for line in handler.body]
        return _all_definitions(*node.body, *handlers, *node.orelse, *node.finalbody)
    if isinstance(node, ast.If):  # if torch is not None: class ConvNet ...
        named = {one.id for one in ast.walk(node.test) if isinstance(one, ast.Name)}
        plain = "__name__" not in named and _calls_nothing(node.test)
        return plain and _all_definitions(*node.body, *node.orelse)
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        return _calls_nothing(node.value)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _all_definitions(*nodes: ast.stmt) -> bool:
    return all(is_definition(one) for one in nodes)


def _calls_nothing(value: ast.expr) -> bool:
    """Whether no function is called but harmless ones."""
    calls = [one for one in ast.walk(value) if isinstance(one, ast.Call)]
    return all(ast.unparse(one.func).rpartition(".")[2] in HARMLESS for one in calls)


def install(
    folders: Sequence[str], allowed: Sequence[str], forbidden: Sequence[str], scripts: Sequence[str]
) -> None:
    """Let the submission import its own files, and only what its course allows.

    Arguments:
        folders: of the submission, and of the files that its course hands out.
        allowed: top-level names; none: all that are not forbidden.
        forbidden: top-level names.
        scripts: modules of which only the definitions are run.
    """
    sys.meta_path.insert(0, Finder(folders, forbidden, scripts))
    if not allowed:
        return
    usual, may = builtins.__import__, {*allowed, "__future__"}
    free = (*folders[1:], sys.prefix, sys.base_prefix, str(CODE), "<frozen ")

    def checked(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        file = sys._getframe(1).f_code.co_filename  # globals need not be told, and may be made up
        top = name.partition(".")[0]
        if level == 0 and top not in may and not file.startswith(free) and not _own(top, folders):
            raise ImportError(f"the rules of the course allow {', '.join(allowed)}, not {top!r}")
        return usual(name, globals, locals, fromlist, level)

    builtins.__import__ = checked


def _own(name: str, folders: Sequence[str]) -> bool:
    """Whether a module is a file of the submission or of the course."""
    return PathFinder.find_spec(name, list(folders)) is not None
