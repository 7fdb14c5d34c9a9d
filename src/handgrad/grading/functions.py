"""A submission's functions through the checks: cases and verdicts here, the functions in its process."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from handgrad.checks.case import other_numbers
from handgrad.checks.checking import Piece, check_piece
from handgrad.checks.definitions import Definition, definitions_of
from handgrad.checks.passes.piece import Target
from handgrad.checks.passes.running import Raised
from handgrad.checks.resting import settled
from handgrad.checks.styles import STYLES, Interface
from handgrad.courses import find_course
from handgrad.grading.remote import Host, Remote
from handgrad.grading.submissions import open_modules


@dataclass(frozen=True)
class Checked:
    """One piece of a course, looked for in a submission.

    Arguments:
        interface: which.
        piece: what the checks found; None where it could not be tried.
        why: it could not be, in a sentence.
        stopped: what stopped the import of its module, where that is why.
    """

    interface: Interface
    piece: Piece | None
    why: str = ""
    stopped: Raised | None = None


def check_functions(
    host: Host, course: str, submission: Path, wanted: Iterable[Interface] | None = None, secret: str = ""
) -> list[Checked]:
    """Check every piece that a course's rubric asks for.

    Arguments:
        host: keeps the submission's process.
        course: whose pieces.
        submission: the folder with its files, which are read here as text only.
        wanted: pieces to check; else all of the course.
        secret: from which the numbers of the cases follow.
    """
    found, known = [], {}
    for interface in STYLES[course].interfaces if wanted is None else wanted:
        module = interface.module
        if module not in known:
            known[module] = host.names(module)
        names, stop = known[module]
        own = [name for name in (interface.name, *interface.partners) if name in names]
        if module in open_modules(course) and not (submission / f"{module}.py").is_file():
            found.append(Checked(interface, None, f"there is no {module}.py"))
        elif stop is not None:
            place = f" in line {stop.line}, {stop.text!r}" if stop.line else ""
            why = f"{module}.py cannot be imported: {stop.sentence}{place}"
            found.append(Checked(interface, None, why, stop))
            host.note(_not_installed(stop.sentence, course))
        elif not own:
            found.append(Checked(interface, None, f"{module}.py has no {interface.name}"))
        else:
            try:
                with other_numbers(secret):
                    found.append(Checked(interface, _checked(host, interface, own[0], submission)))
            except Exception as error:  # noqa: BLE001  # nothing that comes back may end a class
                why = f"what came back could not be judged ({type(error).__name__}: {error})"
                found.append(Checked(interface, None, why, Raised("forward", why, cause="not-judged")))
    told = [(one.interface, one.piece) for one in found if one.piece is not None]
    pieces = iter(settled(told))
    return [one if one.piece is None else replace(one, piece=next(pieces)) for one in found]


def _not_installed(sentence: str, course: str) -> str:
    """What the instructor may mend where a package is missing; nothing of other exceptions."""
    found = re.match(r"ModuleNotFoundError: No module named '(\w+)", sentence)
    if found is None or found[1] in find_course(course).modules:
        return ""
    return f"{found[1]} is not installed where it was graded: if the course allows it, install it, then go on"


def _checked(host: Host, interface: Interface, name: str, submission: Path) -> Piece:
    file = submission / f"{interface.module}.py"
    space = definitions_of(file)
    for other in sorted(submission.rglob("*.py")):  # a module may hand on what another one defines
        if name not in space:
            space = {**definitions_of(other), **space}
    thing = space.get(name, Definition(name, file, 1, (), is_function=True))
    return check_piece(interface, Target(name, thing, space, file), None, Remote(host, interface, name))
