"""Importing a student's file, and finding what is in it."""

import contextlib
import difflib
import importlib.util
import inspect
import io
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from handgrad.checks.passes.piece import ANYTHING, Target
from handgrad.checks.passes.running import raised
from handgrad.errors import DataError

CODE = "a Python file, such as mylayers.py, or mylayers.py:Conv2d for one class of it"


@contextlib.contextmanager
def on_path(folder: Path) -> Iterator[None]:
    """With a folder first on the import path; what was imported from it is forgotten afterwards."""
    before = set(sys.modules)
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/*.py")}
    hidden = {  # `layers`, say, of another submission; the standard library's own names stay
        name: sys.modules.pop(name) for name in names - set(sys.stdlib_module_names) if name in sys.modules
    }
    sys.path.insert(0, str(folder))
    write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = write
        with contextlib.suppress(ValueError):
            sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if _from(sys.modules[name], folder):
                del sys.modules[name]
        sys.modules.update(hidden)


def _from(module: Any, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and folder in Path(file).resolve().parents


def load_file(file: Path) -> ModuleType:
    """Run a file as a module, silently.

    Raises:
        DataError: it is missing, or no Python, or stops with an exception.
    """
    if not file.is_file() or file.suffix != ".py":
        got = "a folder" if file.is_dir() else "no such file" if not file.exists() else "another kind of file"
        raise DataError(str(file), expected=CODE, got=got)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spec.loader.exec_module(module)
    except SyntaxError as error:
        got = f"{error.msg} in line {error.lineno}"
        raise DataError(file.name, expected="Python that can be read", got=got) from None
    except ANYTHING as error:
        stop = raised("import", error, file)
        line = f" in line {stop.line}, {stop.text!r}" if stop.line else ""
        got = f"{stop.sentence}{line}"
        raise DataError(file.name, expected="a file that can be imported", got=got) from None
    return module


def own_names(module: ModuleType) -> list[str]:
    """Classes and functions that a module defines itself, in the order of the file."""
    return [
        name
        for name, thing in vars(module).items()
        if (inspect.isclass(thing) or inspect.isfunction(thing))
        and getattr(thing, "__module__", None) == module.__name__
        and not name.startswith("_")
    ]


def find(module: ModuleType, file: Path, name: str) -> Target:
    """One class, function or object of a module.

    Raises:
        DataError: there is none of this name.
    """
    if name not in vars(module):
        near = difflib.get_close_matches(name, own_names(module), n=1)
        raise DataError(
            file.name,
            expected=f"a class or function {name}",
            got=f"{', '.join(own_names(module)) or 'none'}",
            hint=f"did you mean {near[0]}" if near else "",
        )
    return Target(name, vars(module)[name], vars(module), file)
