"""The README of a handout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TEXT = """# {title}

Starting files. What you are to write is left open: each open function returns zeros of the right shape (or changes
nothing), so that everything runs from the first minute, and learns nothing. Every function's docstring says what it is
given and what it must return.

## What to write

{functions}

Write it in the place of the placeholder below `# Your code here`. {notes}

## Run it

{drivers}

The scripts read the course's data files, from this folder. Where handgrad is installed, this writes them here:

    handgrad course data {course} .

## Check it

    python check_mine.py

calls each of your functions with a few small numbers (they are in `check_mine.json`) and says of each whether it is
right, still open, or what is wrong. It needs nothing but NumPy. Where handgrad is installed,

    handgrad check . --course {course}

tries many more cases, and names the mistake and the line. Your own files must not import handgrad.
"""


def readme(
    course: str, title: str, names: Sequence[str], drivers: Mapping[str, str], notes: str
) -> str:
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
    return TEXT.format(course=course, title=title, functions=functions, drivers=scripts, notes=notes)


def _listed(owner: str, functions: Sequence[str]) -> str:
    """The open methods of a class, or functions, in one line."""
    listed = ", ".join(f"`{name}`" for name in functions)
    return f"`{owner}`: {listed}" if owner else listed


def _commands(drivers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each script, and first of all the quick form of the first."""
    first = next(iter(drivers))
    return [(f"{first} --quick", "a look, in under a minute"), *drivers.items()]
