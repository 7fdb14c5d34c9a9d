"""The files of Project 3: the data that it loads, and the archive that it wants."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.courses.writing import DataFile, contents, write_archive, write_once
from handgrad.data import Dataset, Splits
from handgrad.data.files import replacing, unwritable
from handgrad.errors import DataError

FOLDER, LINK = "Project3_Data", "Project3_data"
"""The folder as the template spells it, and as the document does."""

VALIDATION = 5000  # images, as the published solutions have it
PACK = ("Project3.py", "report.pdf")
"""What the archive holds, all at its top."""


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``Project3_Data/MNIST_{train,val,test}_{images,labels}.npy``, and the link ``Project3_data``.

    Images are rows of 784 float32 from 0 to 1: with bytes, weights of deviation 0.1 would saturate every
    hidden unit from the start. Labels are int64, which is what PyTorch's cross-entropy asks for.

    Arguments:
        splits: MNIST; the first 5,000 validation images are written.
        folder: what is to hold ``Project3_Data``; made if there is none.

    Returns:
        The six files and the link.

    Raises:
        DataError: another file of one of these names is there, or the folder cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [3, 1])
        >>> with TemporaryDirectory() as folder:
        ...     len(write_data(Splits(part, part, part), Path(folder)))
        7
    """
    parts = {
        "train": splits.train,
        "val": splits.limit(validation=VALIDATION).validation,
        "test": splits.test,
    }
    arrays: dict[Path, AnyArray] = {}
    for name, part in parts.items():
        arrays[folder / FOLDER / f"MNIST_{name}_images.npy"] = _rows(part)
        arrays[folder / FOLDER / f"MNIST_{name}_labels.npy"] = part.labels.astype(np.int64)
    link = folder / LINK
    if os.path.lexists(link) and not _is_one(link, folder / FOLDER):
        raise _taken(link)
    files = [DataFile(path, partial(_save, array)) for path, array in arrays.items()]
    return [*write_once(files), _link(folder)]


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``IDENTITY_Project3.zip`` of Project3.py and report.pdf, without the data.

    Arguments:
        folder: where the two files are.
        identity: the student's directory identity, such as "xyz123".
        destination: the folder to write the archive into; an older one with the same members is
            replaced.

    Returns:
        The archive.

    Raises:
        DataError: a file is missing or unreadable, or the archive cannot be written or its name is taken by
            another file.

    Example:
        >>> pack(Path("nowhere"), "xyz123", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/Project3.py: expected a file for the archive, got none...
    """
    notebook = not (folder / PACK[0]).is_file() and any(folder.glob("*.ipynb"))
    hint = "save the notebook as a script: the document takes no .ipynb" if notebook else "add it"
    return write_archive(destination / f"{identity}_Project3.zip", contents(folder, PACK, hint))


def _rows(part: Dataset) -> AnyArray:
    """The images, which are bytes, as the course has them: rows of pixels, 0 to 1."""
    rows = part.images.reshape(len(part), -1).astype(np.float32)  # (n, H, W) -> (n, H * W)
    return rows / np.float32(255)


def _save(array: AnyArray, path: Path) -> None:
    with replacing(path) as stream:
        np.save(stream, array, allow_pickle=False)


def _link(folder: Path) -> Path:
    """``Project3_data`` beside the folder; where the file system takes both for one name, it is there."""
    link = folder / LINK
    if _is_one(link, folder / FOLDER):
        return link
    try:
        os.symlink(FOLDER, link, target_is_directory=True)
    except FileExistsError:
        raise _taken(link) from None
    except OSError as error:
        raise unwritable(link, error) from error
    return link


def _is_one(link: Path, folder: Path) -> bool:
    """Whether the link leads to the folder, also where the folder is still to be made."""
    if link.is_symlink():
        return link.resolve() == folder.resolve()
    return link.exists() and folder.exists() and link.samefile(folder)


def _taken(link: Path) -> DataError:
    return DataError(
        str(link),
        expected=f"nothing yet, or a link to {FOLDER}",
        got="something else",
        hint="choose another folder, or move it away",
    )
