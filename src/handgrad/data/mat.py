"""``mnist_all.mat``, a MATLAB file: ``train0`` to ``train9`` and ``test0`` to ``test9``, an image a row."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import FETCH_AGAIN, reading, replacing
from handgrad.data.parts import Part, Parts, rows_of, square_images
from handgrad.errors import DataError

SHUFFLING = 28  # the seed of the order in which images that come sorted by class are dealt out


def read_mat(path: str | Path) -> Parts:
    """Read a ``.mat`` of one variable a class and split.

    The file is sorted by class. Its images are dealt out in an order that is random, but always the
    same, so that the end of the training images can be held out for validation.

    Arguments:
        path: the file, in MATLAB's format 4 or 5.

    Returns:
        Training and test images with their labels.

    Raises:
        DataError: a file that is missing, damaged or lacks the variables.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_mat(Path(folder, "own.mat"), Parts(part, part))
        ...     read_mat(Path(folder, "own.mat")).train.images.shape
        (2, 4, 4)
    """
    path = Path(path)
    variables = _load(path)
    train, test = (_split(variables, split, path) for split in ("train", "test"))
    return Parts(train, test)


def write_mat(path: str | Path, parts: Parts) -> None:
    """Write a compressed ``.mat``; a validation split joins the training images.

    Arguments:
        path: the file; replaced if it is there.
        parts: square grey images and their labels.

    Raises:
        DataError: images that are not square or not grey, or a place that cannot be written.

    Example:
        >>> from scipy.io import whosmat
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_mat(Path(folder, "own.mat"), Parts(part, part))
        ...     whosmat(Path(folder, "own.mat"))[0]
        ('train0', (1, 16), 'uint8')
    """
    from scipy.io import savemat

    path = Path(path)
    variables: dict[str, AnyArray] = {}
    classes = 1 + max(int(part.labels.max()) for part in (parts.training_file(), parts.test))
    for split, part in (("train", parts.training_file()), ("test", parts.test)):
        rows = rows_of(part.images, str(path))
        for label in range(classes):
            variables[f"{split}{label}"] = rows[part.labels == label]
    with replacing(path) as stream:
        savemat(stream, variables, do_compression=True)


def _load(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    with reading(path):
        path.open("rb").close()
        try:
            variables: dict[str, Any] = loadmat(path)
        except (OSError, EOFError):
            raise
        except NotImplementedError as error:
            raise DataError(
                str(path),
                expected="MATLAB's format 4 or 5",
                got="format 7.3, which is HDF5",
                hint="save it with -v7",
            ) from error
        except (MatReadError, ValueError, TypeError, KeyError, IndexError, MemoryError) as error:
            raise _damaged(path, error) from error
    return variables


def _damaged(path: Path, error: Exception) -> DataError:
    got = f"a damaged one ({error})"
    return DataError(str(path), expected="a whole MATLAB file", got=got, hint=FETCH_AGAIN)


def _split(variables: dict[str, Any], split: str, path: Path) -> Part:
    matches = (re.fullmatch(rf"{split}(\d+)", name) for name in variables)
    labels = sorted(int(match[1]) for match in matches if match)
    if not labels:
        names = ", ".join(name for name in variables if not name.startswith("__"))
        raise DataError(
            str(path),
            expected=f"the variables {split}0, {split}1 and so on",
            got=names or "none",
            hint="check that this is mnist_all.mat",
        )
    classes: dict[int, AnyArray] = {}
    for label in labels:
        rows = variables.pop(f"{split}{label}")
        if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype.kind not in "uif":
            raise DataError(
                f"{path}: {split}{label}", expected="an array of numbers, an image a row", got=f"{type(rows)}"
            )
        if classes and rows.shape[1] != next(iter(classes.values())).shape[1]:
            raise DataError(
                f"{path}: {split}{label}",
                expected=f"rows of {next(iter(classes.values())).shape[1]} pixels, as before",
                got=str(rows.shape[1]),
            )
        classes[label] = rows
    part = dealt(classes)
    return Part(square_images(part.images, str(path)), part.labels)


def dealt(classes: dict[int, AnyArray]) -> Part:
    """Put images that are sorted by class into an order that is random, but always the same."""
    first = next(iter(classes.values()))
    count = sum(len(images) for images in classes.values())
    order = np.random.default_rng(SHUFFLING).permutation(count)
    images, labels = np.empty((count, *first.shape[1:]), first.dtype), np.empty(count, np.int64)
    start = 0
    for label, of_class in classes.items():
        places = order[start : start + len(of_class)]
        images[places], labels[places] = of_class, label
        start += len(of_class)
    return Part(images, labels)
