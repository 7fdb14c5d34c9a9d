"""The file that the course's loader reads, and the archive that it wants."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from handgrad.courses.cmu10601.data import FILE
from handgrad.data import Dataset, Splits
from handgrad.data.files import reading
from handgrad.data.mat import read_mat, write_mat
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError
from handgrad.files import write_atomically

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
        DataError: images that are no grey bytes, a file that is there already with other content, or a place
            that cannot be written.

    Example:
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [7, 1])
        >>> with TemporaryDirectory() as folder:
        ...     [path.name for path in write_data(Splits(part, part, part), Path(folder))]
        ['mnist_all.mat']
    """
    path = folder / FILE
    parts = Parts(_part(splits.train), _part(splits.test), _part(splits.validation))
    if not path.exists():
        write_mat(path, parts)
    elif not _holds(path, parts):
        raise DataError(
            str(path),
            expected="no file, or one with these images and labels",
            got="a file with other content",
            hint="choose another folder, or move the file away",
        )
    return [path]


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``hw7.tar`` with ``hw7/cnn_lenet.py`` in it, as ``tar cvf hw7.tar hw7`` would.

    Arguments:
        folder: with the files of `PACK`; nothing else of it goes in.
        identity: the student's; the document wants it neither in the archive nor in its name.
        destination: the folder for the archive; an older one of the same name is replaced.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing or unreadable.
        RunError: the archive cannot be written.

    Example:
        >>> pack(Path("nowhere"), "", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/cnn_lenet.py: expected a file for the archive, got none. ...
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        packed.addfile(_entry(PACKED_FOLDER, tarfile.DIRTYPE))
        for name in PACK:
            if not (folder / name).is_file():
                hint = "the document wants the whole solution in this file"
                where, expected = str(folder / name), "a file for the archive"
                raise DataError(where, expected=expected, got="none", hint=hint)
            with reading(folder / name):
                content = (folder / name).read_bytes()
            packed.addfile(
                _entry(f"{PACKED_FOLDER}/{name}", tarfile.REGTYPE, len(content)), io.BytesIO(content)
            )
    path = destination / ARCHIVE
    write_atomically(path, archive.getvalue())
    return path


def _entry(name: str, kind: bytes, size: int = 0) -> tarfile.TarInfo:
    """Without owner or date: the same work, the same bytes."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.size = kind, size
    entry.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    return entry


def _part(dataset: Dataset) -> Part:
    images = dataset.images
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]  # (n, 1, H, W) -> (n, H, W)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(
            f"{dataset.name}: course data cmu10601",
            expected="grey images of bytes, as the course's file holds them",
            got=f"{images.dtype} of shape {images.shape}",
        )
    return Part(images, dataset.labels)


def _holds(path: Path, parts: Parts) -> bool:
    """Whether a file has these images; its bytes also tell a date, so contents are compared."""
    with TemporaryDirectory() as folder:
        write_mat(Path(folder) / FILE, parts)
        ours, theirs = read_mat(Path(folder) / FILE), read_mat(path)
    pairs = (ours.train, theirs.train), (ours.test, theirs.test)
    return all(
        np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)
        for one, other in pairs
    )
