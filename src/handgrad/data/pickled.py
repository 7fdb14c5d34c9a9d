"""``mnist.pkl.gz``, from the Theano tutorials: 50,000, 10,000 and 10,000 images in a pickle of Python 2."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import replacing
from handgrad.data.parts import Part, Parts, rows_of, square_images
from handgrad.data.pickle_machine import read_pickled_arrays
from handgrad.errors import DataError

GREYS = 256  # the original file holds pixels / 256
CHUNK = 4096  # images converted together


def read_pickle(path: str | Path) -> Parts:
    """Read ``mnist.pkl.gz`` without executing the pickle (see `pickle_machine`).

    Its pixels are floats from 0 to 1. Where all of them are multiples of 1/256 or of 1/255 they become
    the bytes that they were made of.

    Arguments:
        path: the file, plain or gzip.

    Returns:
        Training, validation and test images with their labels.

    Raises:
        DataError: a file that is missing or damaged, that holds something else, or that names a
            function that a pickle of arrays does not need.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.full((6, 4, 4), 7, np.uint8), np.array([1, 0, 1, 0, 1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_pickle(Path(folder, "own.pkl.gz"), Parts(part, part))
        ...     read_pickle(Path(folder, "own.pkl.gz")).test.images[0, 0]
        array([7, 7, 7, 7], dtype=uint8)
    """
    path = Path(path)
    content = read_pickled_arrays(path)
    pairs = list(content) if isinstance(content, (tuple, list)) else []
    if len(pairs) != 3 or not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        raise DataError(
            str(path),
            expected="three pairs of images and labels: training, validation, test",
            got=f"{type(content).__name__} of {len(pairs)}" if pairs else type(content).__name__,
            hint="check that this is mnist.pkl.gz",
        )
    del content
    parts = []
    while pairs:
        images, labels = pairs.pop(0)
        if not isinstance(images, np.ndarray):
            raise DataError(str(path), expected="images as an array", got=type(images).__name__)
        parts.append(Part(square_images(_as_bytes(images), str(path)), np.asarray(labels)))
    train, validation, test = parts
    return Parts(train, test, validation)


def write_pickle(path: str | Path, parts: Parts) -> None:
    """Write a pickle that Python 2, Theano's tutorials and ``pickle.load(file, encoding="latin1")`` read.

    Arguments:
        path: the file, gzip if its name ends in ``.gz``; replaced if it is there.
        parts: square grey images and their labels; without a validation split the last sixth becomes one.

    Raises:
        DataError: images that are not square or not grey, or a place that cannot be written.

    Example:
        >>> import pickle
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((6, 4, 4), np.uint8), np.array([1, 0, 1, 0, 1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_pickle(Path(folder, "own.pkl"), Parts(part, part))
        ...     pickle.loads(Path(folder, "own.pkl").read_bytes(), encoding="latin1")[0][0].shape
        (5, 16)
    """
    path = Path(path)
    train, validation = parts.held_out(None, str(path))
    pieces = _pickle([train, validation, parts.test], str(path))
    with replacing(path) as stream:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, stream, mtime=0) as packed:
                for piece in pieces:
                    packed.write(piece)
        else:
            stream.writelines(pieces)


def _as_bytes(images: AnyArray) -> AnyArray:
    """The bytes that floats were made of, chunk by chunk; the floats themselves if they were not."""
    if images.dtype.kind != "f":
        return images
    for scale in (GREYS, 255):
        pixels = np.empty(images.shape, np.uint8)
        for start in range(0, len(images), CHUNK):
            scaled = images[start : start + CHUNK] * scale
            whole = np.rint(scaled)
            if not (np.all(np.abs(scaled - whole) < 1e-3) and whole.min() >= 0 and whole.max() <= 255):
                break
            pixels[start : start + CHUNK] = whole
        else:
            return pixels
    return images


def _pickle(parts: list[Part], where: str) -> Iterator[bytes]:
    """Protocol 2 as Python 2 wrote it: strings are raw bytes, and NumPy has its old module names."""
    yield b"\x80\x02"
    for part in parts:
        rows = rows_of(part.images, where)
        yield from _pickled_array(rows, "f4", np.float32(GREYS if rows.dtype == np.uint8 else 1))
        yield from _pickled_array(part.labels, "i8", np.int64(1))
        yield b"\x86"  # TUPLE2
    yield b"\x87."  # TUPLE3, STOP


def _pickled_array(array: AnyArray, code: str, divisor: np.generic) -> Iterator[bytes]:
    shape = b"".join(b"J" + struct.pack("<i", size) for size in array.shape)
    dtype = np.dtype(f"<{code}")
    yield b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R"
    yield b"(K\x01" + shape + (b"\x85" if array.ndim == 1 else b"\x86")
    yield b"cnumpy\ndtype\nU\x02" + code.encode() + b"K\0K\x01\x87R"
    yield b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"
    yield b"T" + struct.pack("<i", array.size * dtype.itemsize)
    for start in range(0, len(array), CHUNK):
        chunk = array[start : start + CHUNK]
        yield (chunk if divisor == 1 else chunk / divisor).astype(dtype, copy=False).tobytes()
    yield b"tb"
