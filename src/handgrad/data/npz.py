"""``mnist.npz``, as Keras distributes it: four arrays in a zip, ``x_train y_train x_test y_test``."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import FETCH_AGAIN, reading, replacing
from handgrad.data.idx import small_labels
from handgrad.data.parts import Part, Parts, square_images
from handgrad.errors import DataError

KEYS = ("x_train", "y_train", "x_test", "y_test")
NAMES = "class_names"  # ours, optional: the classes' names
NOT_PLAIN = "save it with np.savez from arrays of numbers"


def read_npz(path: str | Path) -> Parts:
    """Read an ``.npz`` with the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``.

    Arguments:
        path: the file. Arrays of Python objects, which are pickles inside, are refused.

    Returns:
        Training and test images with their labels.

    Raises:
        DataError: a file that is missing, damaged or no zip, or that lacks one of the arrays.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_npz(Path(folder, "own.npz"), Parts(part, part))
        ...     read_npz(Path(folder, "own.npz")).train.labels
        array([1, 0], dtype=uint8)
    """
    path = Path(path)
    with reading(path):
        if not zipfile.is_zipfile(path):
            path.stat()
            raise DataError(
                str(path),
                expected="an .npz file, which is a zip",
                got="another kind of file, or a truncated one",
                hint=FETCH_AGAIN,
            )
        with np.load(path, allow_pickle=False) as archive:
            missing = [key for key in KEYS if key not in archive.files]
            if missing:
                raise DataError(
                    str(path),
                    expected=f"the arrays {', '.join(KEYS)}",
                    got=", ".join(archive.files) or "none",
                    hint=f"add {missing[0]}",
                )
            x_train, y_train, x_test, y_test = (_member(archive, key, path) for key in KEYS)
            names = tuple(map(str, _member(archive, NAMES, path))) if NAMES in archive.files else None
    train = Part(square_images(x_train, f"{path}: x_train"), y_train)
    return Parts(train, Part(square_images(x_test, f"{path}: x_test"), y_test), names=names)


def write_npz(path: str | Path, parts: Parts) -> None:
    """Write a compressed ``.npz``; a validation split goes to the end of the training images.

    Arguments:
        path: the file; replaced if it is there.
        parts: the images and labels.

    Raises:
        DataError: a place that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_npz(Path(folder, "own.npz"), Parts(part, part))
        ...     sorted(np.load(Path(folder, "own.npz")).files)
        ['x_test', 'x_train', 'y_test', 'y_train']
    """
    train, test = parts.training_file(), parts.test
    arrays = (train.images, small_labels(train.labels), test.images, small_labels(test.labels))
    members = dict(zip(KEYS, arrays, strict=True))
    if parts.names is not None:
        members[NAMES] = np.array(parts.names)
    with replacing(Path(path)) as stream:
        np.savez_compressed(stream, allow_pickle=False, **members)


def _member(archive: np.lib.npyio.NpzFile, key: str, path: Path) -> AnyArray:
    try:
        array: AnyArray = archive[key]
    except (ValueError, SyntaxError) as error:  # objects inside, or a header that is none
        raise DataError(
            f"{path}: {key}", expected="an array of numbers", got=str(error), hint=NOT_PLAIN
        ) from error
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise DataError(f"{path}: {key}", expected="an array of numbers", got="no array", hint=NOT_PLAIN)
    return array
