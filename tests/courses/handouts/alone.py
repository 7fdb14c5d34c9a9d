"""Python as a student has it: the standard library, NumPy and the handout's own files, and nothing else."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

BARE = """
import sys

class Bare:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in {allowed}:
            raise ModuleNotFoundError(f"No module named {{top!r}}", name=top)

sys.meta_path.insert(0, Bare())
sys.path.insert(0, {folder})
"""
RUN = """
import runpy
sys.argv = {words}
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def alone(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with an empty environment."""
    own = {path.stem for path in folder.iterdir()}
    head = BARE.format(allowed={"numpy", *own}, folder=repr(str(folder)))
    return subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", head + text],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def script(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the folder."""
    return alone(folder, RUN.format(words=[str(folder / words[0]), *words[1:]]))


def imported(folder: Path, *names: str) -> list[ModuleType]:
    """Modules of a folder, in this process; other modules of the same names are there again afterwards."""
    own = {path.stem for path in folder.iterdir()}
    others = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in own}
    for name in others:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] in own]:
            del sys.modules[name]
        sys.modules.update(others)
