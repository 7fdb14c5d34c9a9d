"""What is copied beside a submission: it must run where handgrad is not, and hold no answer."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import handgrad

PACKAGE = Path(handgrad.__file__).parent
FOLDERS = (PACKAGE / "grading" / "child", PACKAGE / "checks" / "passes")
FILES = [file for folder in FOLDERS for file in sorted(folder.rglob("*.py"))]
MAY = {*sys.stdlib_module_names, "numpy", "torch"}


def imported(file: Path) -> Iterator[Path | str]:
    """A file of the package that is imported by a relative name, or another top-level name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield (node.module or "").partition(".")[0]
            else:
                yield file.parents[node.level - 1].joinpath(*(node.module or "").split("."))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nothing_else_is_imported(file: Path) -> None:
    for found in imported(file):
        if isinstance(found, Path):
            assert any(found == folder or folder in found.parents for folder in FOLDERS), found
        else:
            assert found in MAY, found


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 12
