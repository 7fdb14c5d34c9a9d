"""Text files that are written once: one with other content is never replaced."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path

from handgrad.courses.writing import DataFile, write_once
from handgrad.data.files import replacing

TEXTS = Path(__file__).parent / "texts"


def text(name: str, **values: str) -> str:
    """One of the texts that all courses share, with a course's words in it.

    Arguments:
        name: of the text.
        values: what stands for each ``@name@`` in it.

    Example:
        >>> "grade hw5 " in text("run_autograder", course="hw5")
        True
    """
    found = (TEXTS / name).read_text("utf-8")
    for key, value in values.items():
        found = found.replace(f"@{key}@", value)
    return found


def write_texts(texts: Mapping[str, str], folder: Path, executable: Collection[str] = ()) -> list[Path]:
    """Write files below a folder; those that are there already, with the same content, stay as they are.

    Arguments:
        texts: by their names.
        folder: is made if there is none.
        executable: the names of those that can be run.

    Returns:
        their paths.

    Raises:
        DataError: another file of one of the names is there, or one cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as place:
        ...     [path.name for path in write_texts({"hello.txt": "hello"}, Path(place))]
        ['hello.txt']
    """
    written = write_once([DataFile(folder / name, partial(_write, it)) for name, it in texts.items()])
    for name in executable:
        (folder / name).chmod(0o755)
    return written


def _write(content: str, path: Path) -> None:
    with replacing(path) as stream:
        stream.write(content.encode())
