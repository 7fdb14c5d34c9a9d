"""The course's files: its data, and what a student hands in.

The document names no data file; the course's script takes MNIST from Keras. So the data is written as Keras
keeps it, to ``data/mnist.npz``: ``x_train, y_train, x_test, y_test``, images as bytes (n, 28, 28), with
60,000 images in ``x_train``, of which the script splits off 10,000 for validation itself.
"""

from pathlib import Path

from handgrad.courses.writing import DataFile, contents, grey_parts, write_archive, write_once
from handgrad.data import Splits
from handgrad.data.npz import read_npz, write_npz

PACK = ("hw5.py", "nn_layers.py")
"""What the document asks for, in section 4."""


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``data/mnist.npz`` below a folder; one that holds the same images already is left as it is.

    Arguments:
        splits: the training file's images, as training and validation, and the test images.
        folder: where the course's script runs.

    Returns:
        the file.

    Raises:
        DataError: another file of that name, or a place that cannot be written.

    Example:
        >>> import numpy as np
        >>> import handgrad as hg, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = write_data(hg.load_digits(), Path(folder))
        ...     np.load(written[0])["x_train"].shape
        (1547, 28, 28)
    """
    parts = grey_parts(splits)
    return write_once(
        [DataFile(folder / "data" / "mnist.npz", lambda path: write_npz(path, parts), read_npz)]
    )


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``IDENTITY.zip`` of the two files that the document asks for.

    Arguments:
        folder: the student's, with ``hw5.py`` and ``nn_layers.py``.
        identity: the student's name or number.
        destination: the folder that the archive goes to; an older one with the same members is replaced,
            of whatever folder.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing or unreadable, or the archive cannot be written or its name is taken by
            another file.

    Example:
        >>> pack(Path("nowhere"), "20260001", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/hw5.py: expected a file for the archive, got none...
    """
    found = contents(folder, PACK, "the document asks for both files")
    return write_archive(destination / f"{identity}.zip", found)
