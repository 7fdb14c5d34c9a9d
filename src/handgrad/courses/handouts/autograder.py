"""The folder that an instructor zips and uploads to Gradescope."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from handgrad._version import __version__
from handgrad.courses.handouts.files import text, write_texts
from handgrad.data.files import reading

RUBRIC = "rubric.toml"
ROW = f"| `{RUBRIC}` | what is graded, and its points: edit it before you zip |\n"


def write_autograder(
    course: str, title: str, packages: Sequence[str], folder: Path, rubric: Path | None = None
) -> list[Path]:
    """Write ``setup.sh``, ``run_autograder``, ``README.md`` and, where there is one, ``rubric.toml``.

    Arguments:
        course: its name.
        title: of its document.
        packages: what a submission may import beside NumPy, as pip calls it.
        folder: is made if there is none.
        rubric: the file whose copy goes into the folder; None: the course's own, which handgrad brings along.

    Returns:
        the files.

    Raises:
        DataError: another file of one of the names is there, or one cannot be read or written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as place:
        ...     [path.name for path in write_autograder("hw5", "Homework 5", (), Path(place))]
        ['setup.sh', 'run_autograder', 'README.md']
    """
    texts = {
        "setup.sh": text("setup.sh", version=__version__, packages=" ".join(packages)),
        "run_autograder": text("run_autograder", course=course),
        "README.md": text(
            "autograder.md",
            title=title,
            course=course,
            version=__version__,
            installs=", ".join(["handgrad", *packages]),
            rubric=ROW if rubric else "",
        ),
    }
    if rubric is not None:
        with reading(rubric):
            texts[RUBRIC] = rubric.read_text("utf-8")
    return write_texts(texts, folder, executable=("setup.sh", "run_autograder"))
