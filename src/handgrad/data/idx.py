"""IDX, the format that MNIST was published in: a magic number, the dimensions, the numbers, big-endian.

The layout is described on the page of the MNIST database (LeCun, Cortes, Burges).
"""

from __future__ import annotations

import gzip
import hashlib
import re
import struct
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import CHUNK, FETCH_AGAIN, GZIP_MAGIC, opened, read_exactly, reading, replacing
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError

FILES = {
    "train-images": "train-images-idx3-ubyte",
    "train-labels": "train-labels-idx1-ubyte",
    "test-images": "t10k-images-idx3-ubyte",
    "test-labels": "t10k-labels-idx1-ubyte",
}
DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(name).newbyteorder("="): code for code, name in DTYPES.items()}
DRAINED = 64  # chunks read past the end at most
DEFLATE_LIMIT = 1032  # the most bytes that one byte of gzip can stand for

Kind = Literal["images", "labels"]


def read_idx(path: str | Path, kind: Kind | None = None) -> AnyArray:
    """Read one IDX file, plain or gzip.

    Arguments:
        path: the file.
        kind: what it should hold; the error says so if it holds the other.

    Returns:
        The array in the shape that the file states.

    Raises:
        DataError: a file that is missing, empty, truncated, damaged, too long, of another format, or
            labels where images are expected.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_idx(Path(folder, "labels"), np.array([5, 0, 4], np.uint8))
        ...     read_idx(Path(folder, "labels"), "labels")
        array([5, 0, 4], dtype=uint8)
    """
    path = Path(path)
    with reading(path), opened(path) as stream:
        dtype, shape = _read_header(stream, path)
        _check_kind(shape, kind, path)
        size = dtype.itemsize * int(np.prod(shape, dtype=object))
        _check_size(size, path)
        data = read_exactly(stream, size, path)
        if stream.read(1):
            for _ in range(DRAINED):  # to the end: a damaged archive is told from one that holds more
                if not stream.read(CHUNK):
                    break
            raise DataError(
                str(path), expected=f"{size} bytes of data", got="more", hint="check how the file was written"
            )
    array = np.frombuffer(data, dtype).reshape(shape)
    return array if dtype.isnative or dtype.itemsize == 1 else array.astype(dtype.newbyteorder("="))


def write_idx(path: str | Path, array: AnyArray) -> None:
    """Write one IDX file; compressed if its name ends in ``.gz``, with the same bytes every time.

    Arguments:
        path: the file; replaced if it is there.
        array: bytes, small integers or floats, of any shape.

    Raises:
        DataError: a dtype that IDX does not have, or a place that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_idx(Path(folder, "labels"), np.array([5, 0, 4], np.uint8))
        ...     Path(folder, "labels").read_bytes().hex(" ")
        '00 00 08 01 00 00 00 03 05 00 04'
    """
    path = Path(path)
    with replacing(path) as stream:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=stream, mtime=0) as packed:
                for piece in _pieces([array], str(path)):
                    packed.write(piece)
        else:
            for piece in _pieces([array], str(path)):
                stream.write(piece)


def idx_digest(*arrays: AnyArray) -> str:
    """The SHA-256 of the uncompressed IDX file that holds these arrays one after the other.

    So the same pixels have the same checksum in whatever format they come.

    Arguments:
        arrays: parts of one file, all of one dtype and one shape but for their length.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> whole = np.arange(6, dtype=np.uint8)
        >>> idx_digest(whole) == idx_digest(whole[:4], whole[4:])
        True
    """
    digest = hashlib.sha256()
    for piece in _pieces(list(arrays), "checksum"):
        digest.update(piece)
    return digest.hexdigest()


def find_idx(folder: Path) -> dict[str, Path]:
    """The IDX files of a folder by what they hold (``train-images`` and so on), compressed ones first.

    A dot in the place of the last hyphen, as some unpackers leave it, is taken too.
    """
    found: dict[str, Path] = {}
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        match = re.fullmatch(r"(train|t10k|test)-(images|labels)[-.]idx\d-ubyte(\.gz)?", name)
        if match:
            role = f"{match[1].replace('t10k', 'test')}-{match[2]}"
            if role not in found or match[3]:
                found[role] = folder / name
    return found


def read_idx_folder(folder: str | Path) -> Parts:
    """Read the four files of MNIST, or of any data set that calls them so.

    Arguments:
        folder: where ``train-images-idx3-ubyte`` and its three companions are, each plain or ``.gz``.

    Returns:
        Training and test images with their labels.

    Raises:
        DataError: one of the four is missing, or damaged.

    Example:
        >>> read_idx_folder("nowhere")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere: expected the four IDX files, got no train-images, ...
    """
    folder = Path(folder)
    found = find_idx(folder)
    missing = [role for role in FILES if role not in found]
    if missing:
        raise DataError(
            str(folder),
            expected="the four IDX files",
            got=f"no {', no '.join(missing)}",
            hint=f"add {FILES[missing[0]]}.gz",
        )
    train, test = (
        Part(read_idx(found[f"{split}-images"], "images"), read_idx(found[f"{split}-labels"], "labels"))
        for split in ("train", "test")
    )
    return Parts(train, test)


def write_idx_folder(folder: str | Path, parts: Parts, *, compressed: bool = True) -> None:
    """Write the four files of a data set; a validation split goes to the end of the training file.

    Arguments:
        folder: where; made if there is none.
        parts: the images and labels.
        compressed: as ``.gz``.

    Raises:
        DataError: a place that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_idx_folder(folder, Parts(part, part))
        ...     sorted(path.name for path in Path(folder).iterdir())[0]
        't10k-images-idx3-ubyte.gz'
    """
    for split, part in (("train", parts.training_file()), ("test", parts.test)):
        for kind, array in zip(("images", "labels"), part, strict=True):
            name = FILES[f"{split}-{kind}"] + (".gz" if compressed else "")
            write_idx(Path(folder) / name, array if kind == "images" else small_labels(array))


def small_labels(labels: AnyArray) -> AnyArray:
    """Labels as MNIST's files have them, one byte each, unless there are more than 256 classes."""
    return labels.astype(np.uint8 if labels.min() >= 0 and labels.max() < 256 else np.int32)


def _pieces(arrays: list[AnyArray], where: str) -> list[bytes | memoryview]:
    dtype = arrays[0].dtype.newbyteorder("=")
    if dtype not in CODES:
        raise DataError(
            where,
            expected="bytes, small integers or floats",
            got=str(dtype),
            hint="IDX has no such numbers; convert them first",
        )
    shape = (sum(len(array) for array in arrays), *arrays[0].shape[1:])
    header = bytes([0, 0, CODES[dtype], len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    stored = DTYPES[CODES[dtype]]
    return [header, *(_bytes_of(array, stored) for array in arrays)]


def _bytes_of(array: AnyArray, stored: str) -> memoryview:
    return np.ascontiguousarray(array, stored).reshape(-1).view(np.uint8).data  # (n, ...) -> (bytes,)


def _read_header(stream: BinaryIO, path: Path) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    magic = stream.read(4)
    if not magic:
        raise DataError(str(path), expected="an IDX file", got="an empty file", hint=FETCH_AGAIN)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or magic[3] == 0:
        page = magic.lstrip().startswith(b"<")
        raise DataError(
            str(path),
            expected="an IDX file, whose magic number is 0x00000801 for labels or 0x00000803 for images",
            got="a web page" if page else f"0x{magic.hex()}",
            hint="the download was an error page; fetch it again" if page else "check that this is the file",
        )
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise DataError(str(path), expected="a whole header", got="one that ends early", hint=FETCH_AGAIN)
    return np.dtype(DTYPES[magic[2]]), struct.unpack(f">{magic[3]}I", sizes)


def _check_kind(shape: tuple[int, ...], kind: Kind | None, path: Path) -> None:
    if 0 in shape:
        raise DataError(str(path), expected="at least one item", got=f"none (shape {shape})")
    dimensions = {"images": (3, 4), "labels": (1,)}
    if kind is not None and len(shape) not in dimensions[kind]:
        other = "labels" if len(shape) == 1 else "images" if len(shape) in (3, 4) else "something else"
        raise DataError(
            str(path),
            expected=f"{kind}, in {' or '.join(map(str, dimensions[kind]))} dimensions",
            got=f"{other} of shape {shape}",
            hint="check that images and labels have not been exchanged",
        )


def _check_size(size: int, path: Path) -> None:
    """Before any memory is asked for: a damaged header may promise more than a file of this length holds."""
    with path.open("rb") as stream:
        factor = DEFLATE_LIMIT if stream.read(2) == GZIP_MAGIC else 1
    if size > path.stat().st_size * factor:
        raise DataError(
            str(path),
            expected=f"{size} bytes of data, as its header says",
            got=f"a file of {path.stat().st_size} bytes",
            hint=FETCH_AGAIN,
        )
