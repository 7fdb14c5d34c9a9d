"""What a submission imports, read from its source: nothing runs."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from handgrad.courses import find_course
from handgrad.grading.rubric import Rubric
from handgrad.grading.source import line_of, parsed

NEVER = "handgrad"


@dataclass(frozen=True)
class Violation:
    """One import, or use, that the rubric does not allow.

    Arguments:
        file, line, text: where it stands.
        name: what is imported or used, such as "torch.nn".
        reason: why that is not allowed, a sentence without its full stop.
        reaches: the submission's modules that import this one, itself included: their results do not count.
        pieces: where only these use it: their names; empty: all of the modules.
    """

    file: str
    line: int
    text: str
    name: str
    reason: str
    reaches: tuple[str, ...]
    pieces: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}: {self.reason}"


@dataclass(frozen=True)
class Imported:
    """A name that an import statement, or call, asks for."""

    name: str
    line: int
    relative: bool = False

    @property
    def package(self) -> str:
        """The part before the first full stop."""
        return self.name.partition(".")[0]


def find_violations(sources: Mapping[str, str], rubric: Rubric) -> tuple[Violation, ...]:
    """All imports of a submission that its rubric does not allow.

    A file that is no Python has none here; that it cannot be imported is told by the checks.

    Arguments:
        sources: the text of each Python file, by its path inside the submission, with "/".
        rubric: with the rule.

    Example:
        >>> from handgrad.grading.rubric_reading import find_rubric
        >>> found = find_violations({"layers.py": "import numpy as np, torch.nn"}, find_rubric("cs5242"))
        >>> [(one.line, one.name) for one in found]
        [(1, 'torch.nn')]
    """
    trees = {path: tree for path, text in sources.items() if (tree := parsed(text)) is not None}
    own = {module_of(path): path for path in trees}
    imports = {path: tuple(_imports(tree)) for path, tree in trees.items()}
    importers = _importers(imports, own)
    found: list[Violation] = []
    for path, tree in trees.items():
        text = sources[path]
        reaches = tuple(sorted(_closure(module_of(path), importers)))
        for one in imports[path]:
            reason = _reason(one, rubric, _tops(own))
            if reason:
                found.append(Violation(path, one.line, line_of(text, one.line), one.name, reason, reaches))
        for piece, name, line in _used_elsewhere(tree, rubric, module_of(path)):
            reason = f"{piece} may not use {name.partition('.')[0]}, which the rubric allows for other parts"
            found.append(Violation(path, line, line_of(text, line), name, reason, reaches, (piece,)))
    return tuple(found)


def module_of(path: str) -> str:
    """By what a file is imported.

    Example:
        >>> module_of("utils/tools.py"), module_of("utils/__init__.py")
        ('utils.tools', 'utils')
    """
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _imports(tree: ast.AST) -> Iterator[Imported]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            relative = node.level > 0
            if node.module:
                yield Imported(node.module, node.lineno, relative)
            for alias in node.names:  # `from utils import tools` names a module too
                yield Imported(".".join(filter(None, (node.module, alias.name))), node.lineno, True)
        elif isinstance(node, ast.Call) and (name := _asked_by_call(node)):
            yield Imported(name, node.lineno, name.startswith("."))


def _asked_by_call(node: ast.Call) -> str:
    """The literal that ``__import__`` or ``import_module`` is given."""
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if called not in ("__import__", "import_module"):
        return ""
    given = (
        node.args[0]
        if node.args
        else next((word.value for word in node.keywords if word.arg == "name"), None)
    )
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def _reason(one: Imported, rubric: Rubric, own: set[str]) -> str:
    """Why an import is not allowed; empty where it is."""
    rule = rubric.imports
    if one.relative:
        return ""
    if one.package == NEVER:
        return "no submission may use the library that grades it"
    if any(_within(one.name, name) for name in rule.forbidden):
        return f"the rubric forbids {one.package}"
    free = {*own, *find_course(rubric.course).modules, "__future__"}
    if rule.allowed and one.package not in free and not any(_within(one.name, name) for name in rule.allowed):
        return f"the rubric allows {', '.join(rule.allowed)}, and no other packages"
    return ""


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _tops(own: Iterable[str]) -> set[str]:
    """What the submission's own modules begin with, standard modules' names apart."""
    return {name.partition(".")[0] for name in own} - set(sys.builtin_module_names)


def _importers(imports: Mapping[str, tuple[Imported, ...]], own: Mapping[str, str]) -> dict[str, set[str]]:
    """For each module of the submission those that import it."""
    found: dict[str, set[str]] = {name: set() for name in own}
    for path, names in imports.items():
        importer = module_of(path)
        folder = importer.rpartition(".")[0]
        for one in names:
            for name in (one.name, f"{folder}.{one.name}" if folder else one.name):
                if name in found:
                    found[name].add(importer)
    return found


def _closure(name: str, importers: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {name}, [name]
    while waiting:
        new = importers.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen


def _used_elsewhere(tree: ast.Module, rubric: Rubric, module: str) -> Iterator[tuple[str, str, int]]:
    """Uses of packages that are allowed elsewhere only, in the pieces that are checked: piece, name, line."""
    pieces = {key.split(":")[1] for key in rubric.pieces if key.startswith(f"{module}:")}
    bound = dict(_bound(tree, rubric.imports.elsewhere))
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name in pieces:
            inside = bound | dict(_bound(node, rubric.imports.elsewhere))
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and part.id in inside:
                    yield node.name, inside[part.id], part.lineno
                    break  # one is enough


def _bound(tree: ast.AST, packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names that imports of some packages give, and what each stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if any(_within(alias.name, package) for package in packages):
                    yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if any(_within(node.module, package) for package in packages):
                    yield alias.asname or alias.name, f"{node.module}.{alias.name}"
