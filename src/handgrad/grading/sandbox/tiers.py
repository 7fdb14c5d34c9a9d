"""Which of three tiers the system allows, found by trying; and what each does not keep from a submission."""

import functools
import os
import platform
import site
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import handgrad
from handgrad.errors import ArgumentError
from handgrad.grading.sandbox.users import free_user

USUAL = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
)
"""What a program needs to start."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True)
class Tier:
    """How a submission is held.

    Arguments:
        name: "namespaces", "user" or "limits".
        warnings: what that does not keep from it, in sentences.
    """

    name: str
    warnings: tuple[str, ...]


NAMESPACES = Tier("namespaces", ())
USER = Tier(
    "user",
    (
        "the network was not cut off",
        "files that every user of this machine may read could be read, handgrad's own among them",
    ),
)
LIMITS = Tier(
    "limits",
    (
        "it ran as the user who grades: it could read that user's files, and end that user's processes",
        "the network was not cut off",
    ),
)
TIERS = (NAMESPACES, USER, LIMITS)
"""The strongest first."""


def find_tier(name: str) -> Tier:
    """A tier by its name."""
    return next(tier for tier in TIERS if tier.name == name)


@functools.cache
def strongest_tier() -> Tier:
    """The strongest tier in which a trial could import NumPy; found once.

    Raises:
        ArgumentError: only limits are left, and they would hold root, who may end and write everything: this
            is never chosen without being asked for.
    """
    from handgrad.grading.sandbox.trial import holds  # a trial needs a box, which needs a tier

    found = next((tier for tier in TIERS if possible(tier) and holds(tier)), None)
    if found is None or (found == LIMITS and os.getuid() == 0):
        raise ArgumentError(
            "grading as root",
            expected="new namespaces, or another user's number, for each submission",
            got="a system that gives neither, or a Python that no other user may run",
            hint="grade as a user without rights; --tier limits would let submissions do what root may",
        )
    return found


def possible(tier: Tier) -> bool:
    """Whether a tier is worth a trial here."""
    if tier == NAMESPACES:
        return sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
    return tier == LIMITS or os.getuid() == 0


def user_for(tier: Tier) -> int:
    """The number of the user that a submission's process is to run as."""
    return free_user() if os.getuid() == 0 and tier != LIMITS else os.getuid()


def shown() -> list[tuple[str, str]]:
    """Folders and files of this machine that a submission sees, read only: Python's, and the system's."""
    prefixes = {sys.prefix, sys.base_prefix, sysconfig.get_paths()["purelib"], *site.getsitepackages()}
    prefixes |= set(_steps(Path(sys.executable)))
    wanted = sorted(path for path in (*USUAL, *prefixes, *DEVICES) if os.path.lexists(path))
    kept: list[str] = []
    for path in wanted:
        if not any(path.startswith(f"{other}/") and not _stays_a_link(other) for other in kept):
            kept.append(path)
    # what a link to a virtual environment leads to stands in its place: there is nothing else to lead to
    return [(path if _stays_a_link(path) else os.path.realpath(path), path) for path in kept]


def _stays_a_link(path: str) -> bool:
    """Whether a link of the system's leads to another folder that is shown: /bin to /usr/bin."""
    return path in USUAL and os.path.islink(path)


def hidden() -> list[str]:
    """Folders inside of those that a submission does not see: handgrad, which has the answers in it."""
    folder = str(Path(handgrad.__file__).parent)
    return list(dict.fromkeys((folder, os.path.realpath(folder))))


def _steps(path: Path) -> Iterator[str]:
    """The folders that a chain of links to a program goes through."""
    while path.is_symlink():
        path = Path(os.path.normpath(path.parent / os.readlink(path)))
        yield str(path.parent.parent)
