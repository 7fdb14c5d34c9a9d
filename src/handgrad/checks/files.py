"""Checking what is in a file, or in a folder of a course's modules."""

from collections.abc import Callable
from pathlib import Path

from handgrad.checks.checking import Piece, check_piece
from handgrad.checks.loading import find, load_file, on_path, own_names
from handgrad.checks.recognising import interfaces_for, known, style_named
from handgrad.checks.report import Check
from handgrad.checks.resting import settled
from handgrad.checks.styles import STYLES, Interface, Target
from handgrad.errors import ArgumentError, DataError

Found = tuple[Interface, Piece]

Progress = Callable[[str], None]
"""Is told what comes next, in words."""


def check_path(path: str, course: str = "", progress: Progress | None = None) -> Check:
    """Check ``FILE.py:NAME``, ``FILE.py`` or a folder.

    Arguments:
        path: of the file or folder; a name behind a colon picks one class or function.
        course: whose style it has; needed for a folder.
        progress: is told what is being checked.

    Raises:
        DataError: a file or name that is not there, or cannot be imported, or is not recognised.
        ArgumentError: no such course, or a folder without one.
    """
    if course:
        style_named(course)
    place, _, name = path.rpartition(":") if ".py:" in path else (path, "", "")
    file = Path(place).expanduser()
    tell = progress or _silent
    if file.is_dir():
        return _folder(file.resolve(), course, tell)
    file = file.resolve() if file.exists() else file
    with on_path(file.parent):
        tell(f"import {file.name}")
        module = load_file(file)
        if name:
            target = find(module, file, name)
            return Check(tuple(settled(_pieces([target], course, tell))))
        targets = [Target(one, vars(module)[one], vars(module), file) for one in own_names(module)]
        chosen = _once([one for one in targets if known(one, course)], course)
        if not chosen:
            names = ", ".join(own_names(module)) or "none"
            hint = f"name one, `handgrad check {file.name}:NAME`, and it says what to write"
            raise DataError(
                file.name, expected="a class or function that is recognised", got=names, hint=hint
            )
        return Check(tuple(settled(_pieces(chosen, course, tell))), tuple(_left_out(targets, chosen, course)))


def _folder(folder: Path, course: str, tell: Progress) -> Check:
    """Every piece of a course, from its modules in a folder."""
    if not course or course == "plain":
        hint = f"--course with one of {', '.join(STYLES)}"
        raise ArgumentError(str(folder), expected="a course, for a folder", got="none", hint=hint)
    pieces: list[Found] = []
    notes: list[str] = []
    seen = False
    with on_path(folder):
        for module_name in dict.fromkeys(one.module for one in STYLES[course].interfaces):
            file = folder / f"{module_name}.py"
            wanted = [one for one in STYLES[course].interfaces if one.module == module_name]
            if not file.is_file():
                notes.append(f"{file.name} is not there; {', '.join(one.name for one in wanted)} not checked")
                continue
            seen = True
            tell(f"import {file.name}")
            module = load_file(file)
            missing = [one.name for one in wanted if one.name not in vars(module)]
            if missing:
                notes.append(f"{file.name} does not have {', '.join(dict.fromkeys(missing))}")
            for name in dict.fromkeys(one.name for one in wanted if one.name in vars(module)):
                target = Target(name, vars(module)[name], vars(module), file)
                pieces += _pieces([target], course, tell)
    if not seen:
        names = ", ".join(dict.fromkeys(f"{one.module}.py" for one in STYLES[course].interfaces))
        raise DataError(str(folder), expected=f"the modules of {course}: {names}", got="none of them")
    return Check(tuple(settled(pieces)), tuple(notes))


def _pieces(targets: list[Target], course: str, tell: Progress) -> list[Found]:
    found = []
    for target in targets:
        for interface in interfaces_for(target, course):
            tell(f"{target.name} as {interface.operation}")
            found.append((interface, check_piece(interface, target, tell)))
    return found


def _once(targets: list[Target], course: str) -> list[Target]:
    """Each interface once: forward and backward functions are one piece."""
    chosen: dict[object, Target] = {}
    for target in targets:
        found = interfaces_for(target, course)
        key = tuple((one.name, one.operation) for one in found)
        chosen.setdefault(key, target)
    return list(chosen.values())


def _left_out(targets: list[Target], chosen: list[Target], course: str) -> list[str]:
    names = [one.name for one in targets if one not in chosen and not known(one, course)]
    return [f"not recognised, and not checked: {', '.join(names)}"] if names else []


def _silent(words: str) -> None:
    """Nobody listens."""
