"""Writing a file so that it is either wholly there or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from handgrad.errors import RunError


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file: temporary file beside it, fsync, rename. What was there stays until the rename.

    Arguments:
        path: in an existing folder.
        content: the whole file.

    Raises:
        RunError: the folder is missing or unwritable, or the disk is full; no part file is left behind.

    Example:
        >>> folder = Path(tempfile.mkdtemp())
        >>> write_atomically(folder / "a.txt", b"whole")
        >>> (folder / "a.txt").read_bytes()
        b'whole'
    """
    part: str | None = None
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # some file systems know no modes
            os.chmod(part, 0o666 & ~_umask())  # mkstemp's files are for their owner alone
        os.replace(part, path)
        part = None
        with contextlib.suppress(OSError):  # nor can every folder be synced; the file itself was
            _sync_folder(path.parent)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise RunError(
            str(path),
            expected="a place to write to",
            got=error.strerror or str(error),
            hint=f"make the folder {path.parent} first"
            if missing
            else "free some space or choose another folder; what was there before is intact",
        ) from None
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
