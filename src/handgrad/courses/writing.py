"""What all courses' files have in common: data written once, and archives that replace nobody else's."""

from __future__ import annotations

import filecmp
import io
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from handgrad.data import Splits
from handgrad.data.files import reading, replacing
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError

OLDEST = (1980, 1, 1, 0, 0, 0)  # the date of every file in a zip: the same work, the same bytes
AWAY = "choose another folder, or move the file away"


@dataclass(frozen=True)
class DataFile:
    """A data file that a course wants.

    Arguments:
        path: of the file.
        write: writes it to a path.
        read: reads it back, where its bytes also tell a date or how it was packed; else bytes are compared.
    """

    path: Path
    write: Callable[[Path], None]
    read: Callable[[Path], Parts] | None = None


def write_once(files: Sequence[DataFile]) -> list[Path]:
    """Write the files that are not there; one that holds the same already is left as it is.

    Nothing is written before every file that is there was looked at.

    Arguments:
        files: what is wanted.

    Returns:
        their paths.

    Raises:
        DataError: another file of one of the names is there, or a damaged one, or one cannot be written.

    Example:
        >>> with TemporaryDirectory() as folder:
        ...     file = DataFile(Path(folder, "note"), lambda path: path.write_text("seven") and None)
        ...     write_once([file]) == write_once([file])
        True
    """
    missing = [file for file in files if not _is_there(file)]
    for file in missing:
        file.write(file.path)
    return [file.path for file in files]


def _is_there(file: DataFile) -> bool:
    if not os.path.lexists(file.path):
        return False
    try:
        with reading(file.path), TemporaryDirectory() as folder:
            ours = Path(folder) / file.path.name
            file.write(ours)
            if file.read is None:
                same = filecmp.cmp(ours, file.path, shallow=False)
            else:
                same = _alike(file.read(ours), file.read(file.path))
    except DataError as error:
        raise _refused(file.path, f"one that cannot be read, {error.got}") from error
    if not same:
        raise _refused(file.path, "a file with other content")
    return True


def _refused(path: Path, got: str) -> DataError:
    return DataError(str(path), expected="no file, or the one that would be written", got=got, hint=AWAY)


def _alike(ours: Parts, theirs: Parts) -> bool:
    pairs = zip((*ours.train, *ours.test), (*theirs.train, *theirs.test), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def grey_parts(splits: Splits) -> Parts:
    """The splits as formats without a channel axis hold them.

    Arguments:
        splits: grey images of bytes, (n, H, W) or (n, 1, H, W), as `check_images` lets them through.

    Example:
        >>> from handgrad.data import Dataset
        >>> part = Dataset(np.zeros((2, 1, 28, 28), np.uint8), [7, 1])
        >>> grey_parts(Splits(part, part, part)).train.images.shape
        (2, 28, 28)
    """
    train, validation, test = (
        Part(part.images.reshape(-1, *part.input_shape[1:]), part.labels)  # (n, 1, H, W) -> (n, H, W)
        for part in (splits.train, splits.validation, splits.test)
    )
    return Parts(train, test, validation)


def contents(folder: Path, names: Sequence[str], hint: str) -> dict[str, bytes]:
    """The files that go into an archive, by their names.

    Arguments:
        folder: the student's.
        names: of files in it.
        hint: what to do where one is missing.

    Raises:
        DataError: files are missing, all of which it names, or one is unreadable.

    Example:
        >>> contents(Path("nowhere"), ["a.py", "b.py"], "write them")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere/a.py: expected a file for the archive, got none, nor b.py...
    """
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        got = ", nor ".join(["none", *missing[1:]])
        raise DataError(str(folder / missing[0]), expected="a file for the archive", got=got, hint=hint)
    found = {}
    for name in names:
        with reading(folder / name):
            found[name] = (folder / name).read_bytes()
    return found


def write_archive(
    path: Path, members: Mapping[str, bytes], *, always: Collection[str] = (), others: str = ""
) -> Path:
    """Write a ``.zip``, or a ``.tar`` with its top folder; the same members give the same bytes.

    An older archive of the same name is replaced if it holds what this course packs, whatever its contents
    are; two students' folders are not told apart. Any other file stays.

    Arguments:
        path: of the archive.
        members: contents by their names in it.
        always: names that every archive of this course holds; all of the members if there are none.
        others: a regular expression for the names that it may hold besides.

    Returns:
        its path.

    Raises:
        DataError: a file of that name is there that is no such archive, or it cannot be written.

    Example:
        >>> with TemporaryDirectory() as folder:
        ...     archive = write_archive(Path(folder, "7.zip"), {"hw5.py": b"print(5)"})
        ...     zipfile.ZipFile(archive).namelist()
        ['hw5.py']
    """
    if os.path.lexists(path):
        found, needed = _members(path), set(always or members)
        if not needed <= found or not all(name in needed or re.fullmatch(others, name) for name in found):
            raise DataError(
                str(path),
                expected=f"no file, or an older archive of {', '.join(sorted(needed))}",
                got=f"an archive of {', '.join(sorted(found)) or 'nothing'}",
                hint=AWAY,
            )
    with replacing(path) as stream:
        stream.write(_tar(members) if path.suffix == ".tar" else _zip(members))
    return path


def _members(path: Path) -> set[str]:
    """The names of an archive's files."""
    try:
        with reading(path):
            if path.suffix == ".tar":
                with tarfile.open(path, "r:") as tar:
                    return {entry.name for entry in tar if not entry.isdir()}
            with zipfile.ZipFile(path) as zipped:
                return set(zipped.namelist())
    except (DataError, tarfile.TarError) as error:
        expected = "no file, or an older archive of this course"
        raise DataError(str(path), expected=expected, got="a file that is no archive", hint=AWAY) from error


def _zip(members: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.external_attr = 0o644 << 16  # or nobody may read what is unpacked
            packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _tar(members: Mapping[str, bytes]) -> bytes:
    """Without owners or dates; the folders that the members are in come first."""
    archive = io.BytesIO()
    folders = sorted({name.rpartition("/")[0] for name in members} - {""})
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        for name in folders:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            packed.addfile(entry)
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            packed.addfile(entry, io.BytesIO(content))
    return archive.getvalue()
