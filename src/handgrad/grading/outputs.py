"""All files of a graded class: an overview, a page a student, a table, and Gradescope's results."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from handgrad.errors import RunError
from handgrad.files import write_atomically
from handgrad.grading.class_page import class_page
from handgrad.grading.gradescope import write_gradescope
from handgrad.grading.result import Result
from handgrad.grading.rubric import Rubric
from handgrad.grading.student_page import student_page
from handgrad.grading.table import write_table

OVERVIEW, TABLE = "index.html", "class.csv"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names that are devices on Windows."""


def write_outputs(results: Sequence[Result], rubric: Rubric, folder: Path) -> list[Path]:
    """Write ``index.html``, ``class.csv``, and of each submission a page and ``results.json``.

    Arguments:
        results: of the class, in the order to be shown; each submission's name is its own.
        rubric: by which all were graded.
        folder: for them; made where it is not there.

    Returns:
        the files: the overview and the table first, then two of each submission.

    Raises:
        RunError: they cannot be written.
    """
    names = file_names([result.submission for result in results])
    pages = {result.submission: f"students/{names[result.submission]}.html" for result in results}
    files = [folder / OVERVIEW, folder / TABLE]
    _make(folder / "students")
    for result in results:
        name = names[result.submission]
        page, gradescope = folder / "students" / f"{name}.html", folder / "gradescope" / name / "results.json"
        write_atomically(page, student_page(result, rubric, f"../{OVERVIEW}").encode())
        _make(gradescope.parent)
        write_gradescope(result, rubric, gradescope)
        files += [page, gradescope]
    write_table(results, rubric, folder / TABLE)
    write_atomically(folder / OVERVIEW, class_page(results, rubric, pages, TABLE).encode())
    return files


def file_names(submissions: Sequence[str]) -> dict[str, str]:
    """A file's name for each submission, the same each time, and none that means another place.

    Plain names stay; others keep what is plain of them and get a part of their checksum.

    Example:
        >>> file_names(["ada", "../../etc"])
        {'ada': 'ada', '../../etc': 'etc-74ccf3c5'}
    """
    alike = Counter(name.lower() for name in set(submissions))  # Ada and ada are one file on some systems
    found = {}
    for name in submissions:
        if PLAIN.fullmatch(name) and not RESERVED.fullmatch(name) and alike[name.lower()] == 1:
            found[name] = name
            continue
        checksum = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        plain = re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-_")[:60]
        found[name] = f"{plain}-{checksum}" if plain else checksum
    return found


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(
            str(folder), expected="a place for the results", got=error.strerror or str(error)
        ) from None
