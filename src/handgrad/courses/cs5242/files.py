"""The course's files: ``data/mnist.npz``, which its `MNIST` loads, and what a student hands in."""

import io
import zipfile
from pathlib import Path

import numpy as np

from handgrad.courses.cs5242.utils.datasets import PLACE
from handgrad.data import Dataset, Splits
from handgrad.data.files import reading
from handgrad.data.npz import read_npz, write_npz
from handgrad.data.parts import Part, Parts
from handgrad.errors import ArgumentError, DataError
from handgrad.files import write_atomically

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
        DataError: images that are no grey bytes, a file that is there already with other content, or a place
            that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [7, 1])
        >>> with TemporaryDirectory() as folder:
        ...     [path.name for path in write_data(Splits(part, part, part), Path(folder))]
        ['mnist.npz']
    """
    path = folder / PLACE
    parts = Parts(_part(splits.train), _part(splits.test), _part(splits.validation))
    if not path.exists():
        write_npz(path, parts)
    elif not _holds(path, parts):
        raise DataError(
            str(path),
            expected="no file, or one with these images and labels",
            got="a file with other content",
            hint="choose another folder, or move the file away",
        )
    return [path]


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``ID.zip`` with the folder ``ID``, in which are the folder ``codes`` and ``report.pdf``.

    Arguments:
        folder: with ``codes`` and ``report.pdf``; of ``codes`` all modules, notebooks and texts go in.
        identity: the student's NUSNET ID, such as e0123456g.
        destination: the folder for the archive; an older one of the same name is replaced.

    Returns:
        the archive.

    Raises:
        ArgumentError: an identity that cannot be a file's name.
        DataError: a file is missing or unreadable.
        RunError: the archive cannot be written.

    Example:
        >>> pack(Path("nowhere"), "e0123456g", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/codes/layers.py: expected a file for the archive, got none. ...
    """
    if not identity or not identity.replace("-", "").replace("_", "").isalnum():
        raise ArgumentError(
            "course pack cs5242", expected="the student's ID, such as e0123456g", got=repr(identity)
        )
    codes, report = (folder / name for name in PACK)
    for path in (*(codes / name for name in CODES), report):
        if not path.is_file():
            raise DataError(
                str(path),
                expected="a file for the archive",
                got="none",
                hint="the document wants the code in a folder codes, and report.pdf beside it",
            )
    chosen = [path for path in sorted(codes.rglob("*")) if _belongs(path, codes)]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in (*chosen, report):
            with reading(path):
                content = path.read_bytes()
            # without a date: the same work, the same bytes
            entry = zipfile.ZipInfo(f"{identity}/{path.relative_to(folder).as_posix()}")
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, content)
    made = destination / f"{identity}.zip"
    write_atomically(made, archive.getvalue())
    return made


def _belongs(path: Path, codes: Path) -> bool:
    """Whether a file is code, and neither data nor something hidden."""
    parts = path.relative_to(codes).parts
    tidy = not any(part.startswith((".", "__pycache__")) for part in parts) and "data" not in parts[:-1]
    return path.is_file() and path.suffix in SUFFIXES and tidy


def _part(dataset: Dataset) -> Part:
    images = dataset.images
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]  # (n, 1, H, W) -> (n, H, W)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(
            f"{dataset.name}: course data cs5242",
            expected="grey images of bytes, as the course's file holds them",
            got=f"{images.dtype} of shape {images.shape}",
        )
    return Part(images, dataset.labels)


def _holds(path: Path, parts: Parts) -> bool:
    """Whether a file has these images and labels; its bytes also tell how they were packed."""
    there, train = read_npz(path), parts.training_file()
    pairs = (there.train, train), (there.test, parts.test)
    return all(
        np.array_equal(one.images, other.images) and np.array_equal(one.labels, other.labels)
        for one, other in pairs
    )
