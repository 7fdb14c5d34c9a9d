"""Compiled kernels on disk: found again by later processes, and never trusted blindly."""

import hashlib
import os
import platform
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from handgrad.engine.compiled.native.machine import Machine
from handgrad.errors import RunError
from handgrad.files import write_atomically

VARIABLE = "HANDGRAD_KERNELS"


def root() -> Path | None:
    """The folder of all compiled kernels: ``HANDGRAD_KERNELS``, else in the user's cache; None: no home."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    try:
        return Path(home or Path.home() / ".cache") / "handgrad" / "kernels"
    except RuntimeError:  # a user without a home
        return None


@cache
def fingerprint() -> str:
    """A name for the code that kernels are made by: this package's sources and llvmlite's version."""
    digest = hashlib.sha256(version("llvmlite").encode())
    package = Path(__file__).parents[1]
    for source in sorted(package.rglob("*.py")):
        digest.update(str(source.relative_to(package)).encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """The kernels of one machine, made by one version of the code.

    A file is the object code behind the SHA-256 of its name and itself. Writing is atomic, so two processes
    may make the same kernel at once; a file that was cut short or changed is as good as none; a folder that
    cannot be written to costs the next process a compilation, and nothing else.

    Arguments:
        machine: that the kernels are for.
    """

    def __init__(self, machine: Machine) -> None:
        folder, system = root(), f"{sys.platform}-{platform.machine()}"
        self.folder = folder and folder / f"{fingerprint()}-{system}-{machine.tag}"

    def read(self, name: str) -> bytes | None:
        """The object code of a kernel, if it is here and sound."""
        if self.folder is None:
            return None
        try:
            content = (self.folder / f"{name}.o").read_bytes()
        except OSError:
            return None
        digest, code = content[:32], content[32:]
        return code if _digest(name, code) == digest else None

    def write(self, name: str, code: bytes) -> None:
        """Keep the object code of a kernel, if the folder lets us."""
        if self.folder is None:
            return
        content = _digest(name, code) + code
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.folder / f"{name}.o", content)
        except (OSError, RunError):
            return


def _digest(name: str, code: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + code).digest()
