"""The README of a handout."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from handgrad.courses.handouts.files import text

WIDTH = 110


def readme(course: str, title: str, names: Sequence[str], drivers: Mapping[str, str], notes: str) -> str:
    """The text.

    Arguments:
        course: its name.
        title: of its document.
        names: of the open functions, ``module:name``.
        drivers: the scripts, each with what it is for.
        notes: what is worth knowing before one begins.
    """
    open_in: dict[str, dict[str, list[str]]] = {}
    for name in names:
        module, function = name.split(":")
        owner, _, method = function.rpartition(".")
        open_in.setdefault(module.replace(".", "/") + ".py", {}).setdefault(owner, []).append(method)
    functions = "\n".join(
        f"- `{file}`" + "".join(f"\n    - {_listed(*pair)}" for pair in found.items())
        for file, found in open_in.items()
    )
    scripts = "\n".join(f"    python {script:24}# {purpose}" for script, purpose in _commands(drivers))
    return text(
        "README.md",
        course=course,
        title=title,
        functions=functions,
        drivers=scripts,
        notes=textwrap.fill(notes, WIDTH),
    )


def _listed(owner: str, functions: Sequence[str]) -> str:
    """The open methods of a class, or functions, in one line."""
    listed = ", ".join(f"`{name}`" for name in functions)
    return f"`{owner}`: {listed}" if owner else listed


def _commands(drivers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each script, and first of all the quick form of the first."""
    first = next(iter(drivers))
    return [(f"{first} --quick", "a look, in under a minute"), *drivers.items()]
