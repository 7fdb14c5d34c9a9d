"""Files: every way in which one can be unreadable as one sentence, and writing that leaves no half files."""

from __future__ import annotations

import gzip
import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import BadZipFile

from handgrad.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 1 << 20  # bytes unpacked at a time: reading needs no second copy of the file
FETCH_AGAIN = "delete the file and fetch or copy it again"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read into a `DataError` that names it.

    Arguments:
        path: the file.

    Raises:
        DataError: the file is missing, may not be read, or is truncated or damaged.

    Example:
        >>> with reading(Path("none.gz")):
        ...     open("none.gz")
        Traceback (most recent call last):
        handgrad.errors.DataError: none.gz: expected a file, got none. Hint: check the path.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(str(path), expected="a file", got="none", hint="check the path") from error
    except EOFError as error:
        raise DataError(
            str(path), expected="a whole file", got="one that ends early", hint=FETCH_AGAIN
        ) from error
    except (gzip.BadGzipFile, zlib.error, BadZipFile) as error:
        raise DataError(
            str(path), expected="an undamaged archive", got=f"a damaged one ({error})", hint=FETCH_AGAIN
        ) from error
    except OSError as error:
        raise DataError(
            str(path),
            expected="a readable file",
            got=error.strerror or str(error),
            hint="check the path and its permissions",
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacking it if it is compressed whatever its name says.

    Browsers and some servers unpack a ``.gz`` on its way and leave it its name.

    Arguments:
        path: the file, plain or gzip.

    Returns:
        Its uncompressed bytes, as a stream.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "note.gz").write_bytes(gzip.compress(b"seven"))
        ...     with opened(Path(folder, "note.gz")) as stream:
        ...         stream.read()
        b'seven'
    """
    with path.open("rb") as stream:
        compressed = stream.read(2) == GZIP_MAGIC
        stream.seek(0)
        if compressed:
            with gzip.GzipFile(fileobj=stream) as unpacked:
                yield cast(BinaryIO, unpacked)
        else:
            yield stream


def read_exactly(stream: BinaryIO, size: int, path: Path) -> bytearray:
    """So many bytes of a stream, read into one buffer.

    Arguments:
        stream: what to read.
        size: how many bytes there must be.
        path: the file, for the error.

    Returns:
        The bytes.

    Raises:
        DataError: there are fewer.

    Example:
        >>> from io import BytesIO
        >>> read_exactly(BytesIO(b"seven"), 3, Path("note"))
        bytearray(b'sev')
    """
    data = bytearray(size)
    filled = 0
    while filled < size:
        chunk = stream.read(min(CHUNK, size - filled))
        if not chunk:
            raise DataError(str(path), expected=f"{size} bytes of data", got=str(filled), hint=FETCH_AGAIN)
        data[filled : filled + len(chunk)] = chunk
        filled += len(chunk)
    return data


@contextmanager
def replacing(path: Path, check: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """Write a file whole or not at all: into a file beside it, flushed to the disk, then renamed.

    Arguments:
        path: the file; its folder is made if there is none.
        check: looks at the file before it takes its name, and raises what is wrong with it.

    Returns:
        A stream to write to.

    Raises:
        DataError: it cannot be written; what was there before is left intact.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     with replacing(Path(folder, "note")) as stream:
        ...         _ = stream.write(b"seven")
        ...     Path(folder, "note").read_bytes()
        b'seven'
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if check is not None:
            check(partial)
        os.replace(partial, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def unwritable(path: Path, error: OSError) -> DataError:
    """The sentence for a place where nothing can be written."""
    return DataError(
        str(path),
        expected="a place that can be written",
        got=error.strerror or str(error),
        hint="choose another folder, or make room",
    )
