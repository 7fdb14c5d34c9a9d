"""The course's data files, and the archive of a student's work."""

from functools import partial
from pathlib import Path

from handgrad._typing import AnyArray
from handgrad.courses.writing import DataFile, contents, grey_parts, write_archive, write_once
from handgrad.data import Splits
from handgrad.data.idx import FILES, small_labels, write_idx

PACK = (
    "functions.py",
    "layers.py",
    "load_data.py",
    "loss.py",
    "network.py",
    "report.pdf",
    "solve_net.py",
    "utils.py",
)
"""What the archive must hold; the scripts beside them (``*.py``) go in too."""


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``data/train-images-idx3-ubyte`` and its three companions, uncompressed, below a folder.

    Training and validation images become the training file, in that order.

    Arguments:
        splits: grey images of bytes.
        folder: the one that the course's scripts are run in.

    Returns:
        the four files.

    Raises:
        DataError: a file that is there already with other content, or a place that cannot be written.

    Example:
        >>> import numpy as np
        >>> from tempfile import TemporaryDirectory
        >>> from handgrad.data import Dataset
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [7, 1])
        >>> with TemporaryDirectory() as folder:
        ...     sorted(path.name for path in write_data(Splits(part, part, part), Path(folder)))[0]
        't10k-images-idx3-ubyte'
    """
    parts = grey_parts(splits)
    arrays: dict[str, AnyArray] = {}
    for split, part in (("train", parts.training_file()), ("test", parts.test)):
        arrays[FILES[f"{split}-images"]] = part.images
        arrays[FILES[f"{split}-labels"]] = small_labels(part.labels)
    files = [
        DataFile(folder / "data" / name, partial(write_idx, array=array)) for name, array in arrays.items()
    ]
    return write_once(files)


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make the archive of a student's work: ``IDENTITY.zip``, with the course's modules and report.pdf.

    Arguments:
        folder: with the files of `PACK`; other ``*.py`` in it go in too, data and folders do not.
        identity: the student's number.
        destination: the folder for the archive; an older one of this course is replaced, of whatever folder.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing or unreadable, or the archive cannot be written or its name is taken by
            another file.

    Example:
        >>> pack(Path("nowhere"), "2018310742", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/functions.py: expected a file for the archive, got none...
    """
    hint = "put the missing files into the folder"
    contents(folder, PACK, hint)  # what is missing is named before anything else is read
    names = sorted({*PACK, *(path.name for path in folder.glob("*.py") if path.is_file())})
    found = contents(folder, names, hint)
    return write_archive(destination / f"{identity}.zip", found, always=PACK, others=r"[^/]+\.py")
