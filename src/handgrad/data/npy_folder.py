"""A folder of NumPy files: ``train_images.npy``, ``train_labels.npy``, the same for ``val`` and ``test``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import FETCH_AGAIN, reading, replacing
from handgrad.data.idx import small_labels
from handgrad.data.parts import Part, Parts, square_images
from handgrad.errors import DataError

PREFIXES = ("", "MNIST_")


def find_npy(folder: Path) -> str | None:
    """The prefix of the folder's NumPy files, or None where there are none."""
    return next((prefix for prefix in PREFIXES if (folder / f"{prefix}train_images.npy").is_file()), None)


def read_npy_folder(folder: str | Path) -> Parts:
    """Read a folder of ``{train,val,test}_{images,labels}.npy``, with the prefix ``MNIST_`` or without.

    Rows of flattened pixels are taken to be square images (784: 28x28). The validation files may be absent.

    Arguments:
        folder: where the files are.

    Returns:
        The images and labels of the splits.

    Raises:
        DataError: a file that is missing or damaged, or rows that are no square image.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_npy_folder(folder, Parts(part, part), flatten=True)
        ...     read_npy_folder(folder).test.images.shape
        (2, 4, 4)
    """
    folder = Path(folder)
    prefix = find_npy(folder)
    if prefix is None:
        raise DataError(
            str(folder),
            expected="train_images.npy, train_labels.npy, test_images.npy and test_labels.npy",
            got="no train_images.npy",
            hint="check the folder and the files' names",
        )
    validation = (folder / f"{prefix}val_images.npy").exists()
    return Parts(
        _read_part(folder, f"{prefix}train"),
        _read_part(folder, f"{prefix}test"),
        _read_part(folder, f"{prefix}val") if validation else None,
    )


def write_npy_folder(folder: str | Path, parts: Parts, *, prefix: str = "", flatten: bool = False) -> None:
    """Write a folder of NumPy files.

    Arguments:
        folder: where; made if there is none.
        parts: the images and labels.
        prefix: what the names begin with: nothing, or ``MNIST_``.
        flatten: write an image as one row of pixels.

    Raises:
        DataError: a place that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_npy_folder(folder, Parts(part, part), prefix="MNIST_")
        ...     sorted(path.name for path in Path(folder).iterdir())[0]
        'MNIST_test_images.npy'
    """
    folder = Path(folder)
    for split, part in (("train", parts.train), ("val", parts.validation), ("test", parts.test)):
        if part is not None:
            images = part.images.reshape(len(part.images), -1) if flatten else part.images
            for kind, array in (("images", images), ("labels", small_labels(part.labels))):
                with replacing(folder / f"{prefix}{split}_{kind}.npy") as stream:
                    np.save(stream, array, allow_pickle=False)


def _read_part(folder: Path, name: str) -> Part:
    images, labels = (_read_array(folder / f"{name}_{kind}.npy") for kind in ("images", "labels"))
    if labels.ndim == 2 and 1 in labels.shape:
        labels = labels.reshape(-1)  # (n, 1) or (1, n) -> (n,)
    return Part(square_images(images, str(folder / f"{name}_images.npy")), labels)


def _read_array(path: Path) -> AnyArray:
    with reading(path):
        try:
            array = np.load(path, allow_pickle=False)
        except (ValueError, SyntaxError, TypeError, MemoryError, OverflowError) as error:
            got = f"another kind of file, or a damaged one ({error})"  # or one of Python objects
            raise DataError(
                str(path), expected="a whole .npy of numbers", got=got, hint=FETCH_AGAIN
            ) from error
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise DataError(str(path), expected="an array of numbers", got="none", hint="save it with np.save")
    return array
