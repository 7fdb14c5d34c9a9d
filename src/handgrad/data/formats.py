"""Every format in one table: how it is recognised, read and written; and conversion between any two."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handgrad.data import idx, mat, npy_folder, npz, pickled, png_folder
from handgrad.data.files import unwritable
from handgrad.data.parts import Parts
from handgrad.errors import ArgumentError, DataError

EVERYWHERE = ("idx", "npz", "pkl", "mat")  # what MNIST itself may lie about as; npy and png are one's own


@dataclass(frozen=True)
class Found:
    """Data that was found: the format's name, and the file or folder that `read` takes."""

    format: str
    path: Path

    def read(self) -> Parts:
        """The images and labels, whose counts and shapes fit together."""
        parts = READERS[self.format](self.path)
        parts.check(str(self.path))
        return parts


READERS: dict[str, Callable[[Path], Parts]] = {
    "idx": idx.read_idx_folder,
    "npz": npz.read_npz,
    "pkl": pickled.read_pickle,
    "mat": mat.read_mat,
    "npy": npy_folder.read_npy_folder,
    "png": png_folder.read_png_folder,
}
WRITERS: dict[str, Callable[[Path, Parts], None]] = {
    "idx": lambda path, parts: idx.write_idx_folder(path, parts, compressed=False),
    "idx.gz": idx.write_idx_folder,
    "npz": npz.write_npz,
    "pkl": pickled.write_pickle,
    "mat": mat.write_mat,
    "npy": npy_folder.write_npy_folder,
    "png": png_folder.write_png_folder,
}
FILE_NAMES = {"npz": "mnist.npz", "pkl": "mnist.pkl.gz", "mat": "mnist_all.mat"}
ENDINGS = {".npz": "npz", ".pkl": "pkl", ".pkl.gz": "pkl", ".mat": "mat"}


def find(path: Path, formats: tuple[str, ...] = tuple(READERS)) -> Found | None:
    """Recognise the data at a path.

    Arguments:
        path: a folder, or one file (``.npz``, ``.pkl``, ``.pkl.gz``, ``.mat``).
        formats: those to look for.

    Returns:
        What was found first, in the order idx, npz, pkl, mat, npy, png; None if there is nothing.

    Example:
        >>> find(Path("nowhere")) is None
        True
    """
    if path.is_file():
        for ending, name in ENDINGS.items():
            if path.name.endswith(ending) and name in formats:
                return Found(name, path)
    if not path.is_dir():
        return None
    if "idx" in formats and len(idx.find_idx(path)) == len(idx.FILES):
        return Found("idx", path)
    for name, file_name in FILE_NAMES.items():
        if name in formats and (path / file_name).is_file():
            return Found(name, path / file_name)
    if "npy" in formats and npy_folder.find_npy(path) is not None:
        return Found("npy", path)
    if "png" in formats and png_folder.find_png(path):
        return Found("png", path)
    return None


def found_or_error(path: Path, formats: tuple[str, ...] = tuple(READERS)) -> Found:
    """Like `find`; a `DataError` says what is there instead if there is no data."""
    found = find(path, formats)
    if found is not None:
        return found
    if path.is_dir() and idx.find_idx(path):
        idx.read_idx_folder(path)  # raises: it names the files that are missing
    got = "a file of another kind" if path.exists() else "nothing there"
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir())
        got = f"a folder with {', '.join(names[:5]) or 'nothing in it'}{' ...' if len(names) > 5 else ''}"
    raise DataError(
        str(path),
        expected="a data set (IDX files, mnist.npz, mnist_all.mat, mnist.pkl.gz"
        + (f", a folder of .npy, or one of {png_folder.LAYOUT})" if "png" in formats else ")"),
        got=got,
        hint="put the folders of the classes into train, and some pictures of each into test"
        if "png" in formats and any(path.glob("*/*.png"))
        else "check the path, or fetch MNIST with 'handgrad data fetch'",
    )


def convert(source: str | Path, destination: str | Path, *, to: str, force: bool = False) -> Path:
    """Write a data set in another format.

    Arguments:
        source: a folder or file in any of the formats.
        destination: a folder; or, for npz, mat and pkl, a file, if it has the format's ending.
        to: ``idx``, ``idx.gz``, ``npz``, ``mat``, ``pkl``, ``npy`` or ``png``.
        force: replace what is there.

    Returns:
        The file or folder that was written; it is there whole or not at all.

    Raises:
        ArgumentError: an unknown format.
        DataError: no data at the source, something at the destination, or a place that cannot be written.

    Example:
        >>> convert("nowhere", "elsewhere", to="tar")
        Traceback (most recent call last):
        handgrad.errors.ArgumentError: convert: expected one of idx, idx.gz, npz, pkl, mat, npy, png, got tar.
    """
    if to not in WRITERS:
        raise ArgumentError("convert", expected=f"one of {', '.join(WRITERS)}", got=to)
    target = Path(destination)
    if to in FILE_NAMES and ENDINGS.get("".join(target.suffixes[-2:]), ENDINGS.get(target.suffix)) != to:
        target = target / FILE_NAMES[to]
    if ((target.is_dir() and any(target.iterdir())) or target.is_file()) and not force:
        hint = "choose another place, or replace it with force (--force)"
        raise DataError(str(target), expected="nothing there yet", got="files", hint=hint)
    parts = found_or_error(Path(source)).read()
    if to in FILE_NAMES:
        WRITERS[to](target, parts)
    else:
        _write_folder(target, parts, to)
    return target


def _write_folder(target: Path, parts: Parts, to: str) -> None:
    """Into a folder beside it, which then takes the place of an empty or an old one."""
    mark = secrets.token_hex(4)
    partial, old = (target.with_name(f".{target.name}.{mark}.{state}") for state in ("partial", "old"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[to](partial, parts)
        if target.exists():
            target.rename(old)
        partial.rename(target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        for left in (partial, old):
            shutil.rmtree(left, ignore_errors=True)
