"""Each course's handout as a student hands it in who wrote everything rightly.

The folders beside this file hold what is to be written; each function takes the place of the open one.
"""

import ast
from pathlib import Path

from handgrad.courses import find_course

HERE = Path(__file__).parent


def filled(course: str, folder: Path) -> list[Path]:
    """Write a course's handout with every open function written.

    Arguments:
        course: its name.
        folder: is made if there is none.

    Returns:
        the files.
    """
    written = find_course(course).handout(folder)
    for solution in sorted((HERE / course).glob("*.py")):
        file = folder / solution.name
        file.write_text(_completed(file.read_text("utf-8"), solution.read_text("utf-8")), "utf-8")
    return written


def _completed(handout: str, solution: str) -> str:
    there, here = _functions(handout), _functions(solution)
    lines, own = handout.splitlines(), solution.splitlines()
    helpers = []
    for name, (start, end) in here.items():
        if name not in there:
            helpers += ["", "", *own[start:end]]
    for name, (start, end) in sorted(there.items(), key=lambda pair: -pair[1][0]):
        if name in here:
            first, last = here[name]
            lines[start:end] = own[first:last]
    return "\n".join([*lines, *helpers]) + "\n"


def _functions(source: str) -> dict[str, tuple[int, int]]:
    """The lines of each function, ``function`` or ``Class.method``."""
    found = {}
    for node in ast.parse(source).body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, ast.FunctionDef):
                name = inner.name if inner is node else f"{node.name}.{inner.name}"
                found[name] = inner.lineno - 1, inner.end_lineno
    return found
