"""The course's files: ``data/mnist.npz``, which its `MNIST` loads, and what a student hands in."""

import re
from pathlib import Path

from handgrad.courses.cs5242.utils.datasets import PLACE
from handgrad.courses.writing import DataFile, contents, grey_parts, write_archive, write_once
from handgrad.data import Splits
from handgrad.data.npz import read_npz, write_npz

PACK = ("codes", "report.pdf")
"""What the document asks for, in its section 11; the data stays out."""

CODES = ("layers.py", "loss.py", "optimizers.py")
"""The files that the student writes, without which there is nothing to mark."""

SUFFIXES = (".py", ".ipynb", ".txt", ".md")


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``data/mnist.npz`` as Keras has it: ``x_train``, ``y_train``, ``x_test``, ``y_test``.

    Training and validation images become ``x_train``, in that order; the course's loader takes the first 80%
    of them to train with.

    Arguments:
        splits: grey images of bytes.
        folder: the one that the course's scripts are run in; made if there is none.

    Returns:
        the file.

    Raises:
        DataError: a file that is there already with other content, or a place that cannot be written.

    Example:
        >>> import numpy as np
        >>> from tempfile import TemporaryDirectory
        >>> from handgrad.data import Dataset
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [7, 1])
        >>> with TemporaryDirectory() as folder:
        ...     [path.name for path in write_data(Splits(part, part, part), Path(folder))]
        ['mnist.npz']
    """
    parts = grey_parts(splits)
    return write_once([DataFile(folder / PLACE, lambda path: write_npz(path, parts), read_npz)])


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``ID.zip`` with the folder ``ID``, in which are the folder ``codes`` and ``report.pdf``.

    Arguments:
        folder: with ``codes`` and ``report.pdf``; of ``codes`` all modules, notebooks and texts go in.
        identity: the student's NUSNET ID, such as e0123456g.
        destination: the folder for the archive; an older one of this course is replaced, of whatever folder.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing or unreadable, or the archive cannot be written or its name is taken by
            another file.

    Example:
        >>> pack(Path("nowhere"), "e0123456g", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/codes/layers.py: expected a file for the archive, got none...
    """
    codes = folder / PACK[0]
    needed = [*(f"{PACK[0]}/{name}" for name in CODES), PACK[1]]
    hint = "the document wants the code in a folder codes, and report.pdf beside it"
    contents(folder, needed, hint)  # a missing one is named before anything else is read
    chosen = [
        path.relative_to(folder).as_posix() for path in sorted(codes.rglob("*")) if _belongs(path, codes)
    ]
    found = contents(folder, [*chosen, PACK[1]], hint)
    return write_archive(
        destination / f"{identity}.zip",
        {f"{identity}/{name}": content for name, content in found.items()},
        always=[f"{identity}/{name}" for name in needed],
        others=rf"{re.escape(identity)}/codes/.+",
    )


def _belongs(path: Path, codes: Path) -> bool:
    """Whether a file is code, and neither data nor something hidden."""
    parts = path.relative_to(codes).parts
    tidy = not any(part.startswith((".", "__pycache__")) for part in parts) and "data" not in parts[:-1]
    return path.is_file() and path.suffix in SUFFIXES and tidy
