"""Finding submissions: folders, archives, single files, or a folder full of them."""

import hashlib
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import IO

from handgrad.checks.styles import STYLES
from handgrad.courses import find_course
from handgrad.errors import DataError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
LARGEST = 64 << 20
"""Bytes of one submission, unpacked."""

MOST = 2000
"""Files of one submission."""

SOME = 5
"""Names of other files that are told."""

UNREADABLE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # a password is needed
    ValueError,
)
"""What reading a damaged archive, or a file that one may not read, raises."""

LEFT_OUT = ("__pycache__", "__MACOSX", ".git", ".venv", ".ipynb_checkpoints")
SHADOW = "._"
"""With what macOS begins the names of the files in which it keeps more about others."""

SUFFIXES = (".py", ".txt", ".md", ".json", ".toml", ".csv", ".npy", ".npz")
"""Kinds of files that code may need; reports, pictures and the like stay where they are."""


@dataclass(frozen=True)
class Submission:
    """One submission, where it lies.

    Arguments:
        name: unique in the class.
        path: a folder, an archive or a Python file.
    """

    name: str
    path: Path


def modules_of(course: str) -> tuple[str, ...]:
    """The files that a course's submission has, without ``.py``."""
    return tuple(dict.fromkeys(interface.module for interface in STYLES[course].interfaces))


def open_modules(course: str) -> tuple[str, ...]:
    """Those of them that the handout leaves functions open in: a submission must have these.

    Example:
        >>> open_modules("hw5"), open_modules("thu")
        (('nn_layers', 'hw5'), ('functions',))
    """
    wanted = {name.partition(":")[0] for name in find_course(course).open_functions()}
    return tuple(name for name in modules_of(course) if name in wanted)


def find_submissions(paths: Sequence[Path], course: str) -> list[Submission]:
    """Every submission that paths lead to.

    Arguments:
        paths: each a submission, or a folder that holds many.
        course: whose files tell a submission from a folder of them.

    Returns:
        submissions, in the order of the paths and, within a folder, of their names.

    Raises:
        DataError: a path that is not there, or no submission in it.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DataError(str(path), expected="a submission, or a folder of them", got="no such file")
        found += [path] if _is_one(path, course) else _inside(path, course)
    if not found:
        wanted = ", ".join(f"{name}.py" for name in modules_of(course))
        where = ", ".join(map(str, paths))
        raise DataError(where, expected=f"submissions with {wanted}", got="none")
    return list(_named(found))


def _is_one(path: Path, course: str) -> bool:
    if path.is_file():
        return True
    wanted = {f"{name}.py" for name in modules_of(course)}
    return any(child.name in wanted for child in path.iterdir()) or not _inside(path, course)


def _inside(folder: Path, course: str) -> list[Path]:
    children = sorted(child for child in folder.iterdir() if not child.name.startswith((".", "__")))
    return [child for child in children if child.is_dir() or _is_archive(child) or _is_module(child, course)]


def _is_module(path: Path, course: str) -> bool:
    """Whether a file can be all of a submission, whatever its name: Python, where one module is asked for."""
    return path.suffix == ".py" and path.is_file() and len(modules_of(course)) == 1


def left_out(paths: Sequence[Path], course: str) -> list[Path]:
    """Files beside the submissions of a folder that are none: notebooks, archives of other kinds.

    Arguments:
        paths: as `find_submissions` is given them.
        course: whose submissions they are.
    """
    folders = [path for path in paths if path.is_dir() and not _is_one(path, course)]
    kept = {child for folder in folders for child in _inside(folder, course)}
    children = sorted(child for folder in folders for child in folder.iterdir())
    return [one for one in children if one.is_file() and one not in kept and not one.name.startswith(".")]


def as_one(path: Path, course: str) -> Submission | None:
    """A folder as one submission, whatever folders it has; None where several of them have its modules.

    Arguments:
        path: the folder.
        course: whose modules tell a submission.
    """
    wanted = {f"{name}.py" for name in modules_of(course)}
    parts = [one for one in _inside(path, course) if not one.is_dir() or _holds(one, wanted)]
    return Submission(path.resolve().name, path) if len(parts) < 2 else None


def _holds(folder: Path, names: Iterable[str]) -> bool:
    return any(next(folder.rglob(name), None) is not None for name in names)


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith(ARCHIVES)


def _named(paths: Iterable[Path]) -> Iterator[Submission]:
    used: set[str] = set()
    for path in paths:
        stem = path.resolve().name
        for suffix in (*ARCHIVES, ".py"):
            stem = stem.removesuffix(suffix)
        name = next(
            one for one in chain([stem], (f"{stem}-{number}" for number in count(2))) if one not in used
        )
        used.add(name)
        yield Submission(name, path)


def lay_out(submission: Submission, course: str, folder: Path) -> None:
    """Copy a submission's files into a folder, the course's modules at its top.

    Arguments:
        submission: it.
        course: whose modules are looked for.
        folder: empty.

    Raises:
        DataError: an archive that cannot be read, or a submission that is too large or has none of the
            course's modules.
    """
    files = {_usual(path): data for path, data in _files(submission.path)}
    if _is_module(submission.path, course):
        files = {PurePosixPath(f"{modules_of(course)[0]}.py"): data for data in files.values()}
    root = _root(files, course)
    if root is None:
        wanted = ", ".join(f"{name}.py" for name in modules_of(course))
        raise DataError(submission.name, expected=wanted, got=_instead(files))
    for path, data in files.items():
        if path.is_relative_to(root) and path.suffix in SUFFIXES:
            place = folder / path.relative_to(root)
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            except (OSError, ValueError) as error:  # a/b beside a file a; a name that no file can have
                got = str(error)
                raise DataError(submission.name, expected="files that can be written", got=got) from None


def _instead(files: Iterable[PurePosixPath]) -> str:
    """What a submission has that has none of the course's modules."""
    names = sorted(path.name for path in files)
    notebooks = [name for name in names if name.endswith(".ipynb")]
    if notebooks:
        return f"a notebook, {notebooks[0]}"
    archives = [name for name in names if name.lower().endswith(ARCHIVES)]
    if archives:
        return f"an archive inside, {archives[0]}"
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return f"{', '.join(names[:SOME])}{more}" if names else "no files"


def _usual(path: PurePosixPath) -> PurePosixPath:
    """A file's path as Python wants it: some systems write .PY."""
    return path.with_suffix(".py") if path.suffix.lower() == ".py" else path


def _root(files: Iterable[PurePosixPath], course: str) -> PurePosixPath | None:
    """The folder in which most of the course's modules are; of several the one nearest to the top."""
    wanted = {f"{name}.py" for name in modules_of(course)}
    counts = Counter(path.parent for path in files if path.name in wanted)
    return min(counts, key=lambda place: (-counts[place], len(place.parts), str(place)), default=None)


def _files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Every file of a submission, links left out."""
    total = 0
    try:
        for number, (place, data) in enumerate(_read(path)):
            total += len(data)
            if total > LARGEST or number >= MOST:
                expected = f"at most {MOST} files of {LARGEST >> 20} MiB together"
                raise DataError(path.name, expected=expected, got="more")
            yield place, data
    except DataError:
        raise
    except UNREADABLE as error:
        kind = "an archive" if _is_archive(path) else "files"
        raise DataError(path.name, expected=f"{kind} that can be read", got=str(error)) from None


def _read(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            place = PurePosixPath(file.relative_to(path).as_posix())
            if file.is_file() and not file.is_symlink() and _wanted(place):
                with file.open("rb") as opened:
                    yield place, _limited(opened)
    elif not _is_archive(path):
        with path.open("rb") as opened:
            yield PurePosixPath(path.name), _limited(opened)
    else:
        yield from _from_zip(path) if path.name.lower().endswith(".zip") else _from_tar(path)


def _from_zip(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            place = PurePosixPath(entry.filename)
            link = stat.S_ISLNK(entry.external_attr >> 16)
            if not entry.is_dir() and not link and _wanted(place):
                with archive.open(entry) as opened:
                    yield place, _limited(opened)


def _from_tar(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    with tarfile.open(path) as archive:
        for entry in archive:
            place = PurePosixPath(entry.name)
            if entry.isreg() and _wanted(place):
                opened = archive.extractfile(entry)
                if opened is not None:
                    yield place, _limited(opened)


def _wanted(place: PurePosixPath) -> bool:
    """Whether a file lies inside of the submission, and is of its own."""
    safe = not place.is_absolute() and ".." not in place.parts
    return safe and not any(part in LEFT_OUT or part.startswith(SHADOW) for part in place.parts)


def _limited(opened: IO[bytes]) -> bytes:
    """A file's bytes; one too many of a file that is too large, so that it is noticed."""
    return opened.read(LARGEST + 1)


def fingerprint(folder: Path) -> str:
    """A hash of all files in a folder, by which a changed submission is told from an old one."""
    found = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()
