"""The course's data files, and the archive of a student's work."""

import io
import zipfile
from hashlib import sha256
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data import Dataset, Splits
from handgrad.data.files import reading
from handgrad.data.idx import FILES, idx_digest, small_labels, write_idx
from handgrad.data.parts import Part, Parts
from handgrad.errors import ArgumentError, DataError
from handgrad.files import write_atomically

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

OLDEST = (1980, 1, 1, 0, 0, 0)  # the date of every file in the archive: the same work, the same bytes


def write_data(splits: Splits, folder: Path) -> list[Path]:
    """Write ``data/train-images-idx3-ubyte`` and its three companions, uncompressed, below a folder.

    Training and validation images become the training file, in that order.

    Arguments:
        splits: grey images of bytes.
        folder: the one that the course's scripts are run in.

    Returns:
        the four files.

    Raises:
        DataError: images that are no grey bytes, a file that is there already with other content, or a place
            that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Dataset(np.zeros((2, 28, 28), np.uint8), [7, 1])
        >>> with TemporaryDirectory() as folder:
        ...     sorted(path.name for path in write_data(Splits(part, part, part), Path(folder)))[0]
        't10k-images-idx3-ubyte'
    """
    parts = Parts(_part(splits.train), _part(splits.test), _part(splits.validation))
    arrays: dict[Path, AnyArray] = {}
    for split, part in (("train", parts.training_file()), ("test", parts.test)):
        arrays[folder / "data" / FILES[f"{split}-images"]] = part.images
        arrays[folder / "data" / FILES[f"{split}-labels"]] = small_labels(part.labels)
    missing = [path for path, array in arrays.items() if not _is_there(path, array)]
    for path in missing:  # only once nothing speaks against any of them
        write_idx(path, arrays[path])
    return list(arrays)


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make the archive of a student's work: ``IDENTITY.zip``, with the course's modules and report.pdf.

    Arguments:
        folder: with the files of `PACK`; other ``*.py`` in it go in too, data and folders do not.
        identity: the student's number.
        destination: the folder for the archive.

    Returns:
        the archive.

    Raises:
        DataError: a file is missing.
        ArgumentError: an identity that cannot be a file's name.
        RunError: the archive cannot be written.

    Example:
        >>> pack(Path("nowhere"), "2018310742", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere: expected functions.py, layers.py, ...
    """
    if not identity or not identity.replace("-", "").replace("_", "").isalnum():
        raise ArgumentError("pack", expected="a student number of letters and digits", got=repr(identity))
    missing = [name for name in PACK if not (folder / name).is_file()]
    if missing:
        raise DataError(
            str(folder),
            expected=", ".join(PACK),
            got=f"no {', no '.join(missing)}",
            hint="put the missing files into the folder",
        )
    names = sorted({*PACK, *(path.name for path in folder.glob("*.py") if path.is_file())})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            with reading(folder / name):
                content = (folder / name).read_bytes()
            entry = zipfile.ZipInfo(name, date_time=OLDEST)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    path = destination / f"{identity}.zip"
    write_atomically(path, archive.getvalue())
    return path


def _part(dataset: Dataset) -> Part:
    images = dataset.images
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]  # (n, 1, H, W) -> (n, H, W)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise DataError(
            f"{dataset.name}: course data thu",
            expected="grey images of bytes, as the course's loader reads them",
            got=f"{images.dtype} of shape {images.shape}",
        )
    return Part(images, dataset.labels)


def _is_there(path: Path, array: AnyArray) -> bool:
    """Whether a file holds this array already; one that holds something else is not ours to replace."""
    if not path.exists():
        return False
    with reading(path):
        same = sha256(path.read_bytes()).hexdigest() == idx_digest(array)
    if not same:
        raise DataError(
            str(path),
            expected="no file, or one with these images and labels",
            got="a file with other content",
            hint="choose another folder, or move the file away",
        )
    return True
