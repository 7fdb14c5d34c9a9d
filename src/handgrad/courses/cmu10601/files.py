"""The file that the course's loader reads, and the archive that it wants."""

from __future__ import annotations

from pathlib import Path

from handgrad.courses.cmu10601.data import FILE
from handgrad.courses.writing import DataFile, contents, grey_parts, write_archive, write_once
from handgrad.data import Splits
from handgrad.data.mat import read_mat, write_mat

PACK = ("cnn_lenet.py",)
"""What the archive's folder holds; the document asks for no more of a Python solution."""

PACKED_FOLDER, ARCHIVE = "hw7", "hw7.tar"


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``mnist_all.mat``: ``train0`` to ``train9`` and ``test0`` to ``test9``, an image a row of bytes.

    Training and validation images become the training variables, in that order.

    Arguments:
        splits: square grey images of bytes.
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
        ['mnist_all.mat']
    """
    parts = grey_parts(splits)
    return write_once([DataFile(folder / FILE, lambda path: write_mat(path, parts), read_mat)])


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``hw7.tar`` with ``hw7/cnn_lenet.py`` in it, as ``tar cvf hw7.tar hw7`` would.

    Arguments:
        folder: with the files of `PACK`; nothing else of it goes in.
        identity: the student's; the document wants it neither in the archive nor in its name.
        destination: the folder for the archive; an older one with the same members is replaced.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing or unreadable, or the archive cannot be written or its name is taken by
            another file.

    Example:
        >>> pack(Path("nowhere"), "", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/cnn_lenet.py: expected a file for the archive, got none. ...
    """
    found = contents(folder, PACK, "the document wants the whole solution in this file")
    members = {f"{PACKED_FOLDER}/{name}": content for name, content in found.items()}
    return write_archive(destination / ARCHIVE, members)
