"""The course's files: its data, and what a student hands in.

The document names no data file; the course's script takes MNIST from Keras. So the data is written as Keras
keeps it, to ``data/mnist.npz``: ``x_train, y_train, x_test, y_test``, images as bytes (n, 28, 28), with
60,000 images in ``x_train``, of which the script splits off 10,000 for validation itself.
"""

import zipfile
from pathlib import Path

import numpy as np

from handgrad.data import Splits
from handgrad.data.files import reading, replacing
from handgrad.data.npz import read_npz, write_npz
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError

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
        >>> import handgrad as hg, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = write_data(hg.load_digits(), Path(folder))
        ...     np.load(written[0])["x_train"].shape
        (1547, 28, 28)
    """
    path = folder / "data" / "mnist.npz"
    train, validation, test = (
        Part(part.images, part.labels) for part in (splits.train, splits.validation, splits.test)
    )
    parts = Parts(train, test, validation)
    if path.exists():
        if not _same(path, parts):
            hint = "move it away, or choose another folder"
            raise DataError(str(path), expected="none yet, or the same images", got="another file", hint=hint)
    else:
        write_npz(path, parts)
    return [path]


def _same(path: Path, parts: Parts) -> bool:
    try:
        found = read_npz(path)
    except DataError:  # damaged, or of another kind
        return False
    pairs = zip((*found.train, *found.test), (*parts.training_file(), *parts.test), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def pack(folder: Path, identity: str, destination: Path) -> Path:
    """Make ``IDENTITY.zip`` of the two files that the document asks for.

    Arguments:
        folder: the student's, with ``hw5.py`` and ``nn_layers.py``.
        identity: the student's name or number.
        destination: the folder that the archive goes to; an archive of that name is replaced.

    Returns:
        the archive.

    Raises:
        DataError: one of the files is missing, or the archive cannot be written.

    Example:
        >>> pack(Path("nowhere"), "20260001", Path("."))
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/hw5.py: expected a file, got none. Hint: check the path.
    """
    contents = {}
    for name in PACK:
        with reading(folder / name):
            contents[name] = (folder / name).read_bytes()
    archive = destination / f"{identity}.zip"
    with replacing(archive) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in contents.items():
            zipped.writestr(name, content)
    return archive
