"""One training at a time in a run folder."""

import os
import weakref
from pathlib import Path

from handgrad.errors import RunError


class FolderLock:
    """Keeps other processes from training in a run folder as long as it lives.

    The system lets go of it when the process ends, however it ends: a kill leaves nothing to clear away.

    Arguments:
        path: the folder; its ``run.json`` is what is locked.

    Raises:
        RunError: another process trains there.
    """

    def __init__(self, path: Path) -> None:
        handle = os.open(path / "run.json", os.O_RDONLY)
        self.release = weakref.finalize(self, os.close, handle)
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise RunError(
                str(path),
                expected="a run that nobody is training",
                got="another process at work on it",
                hint="wait for it, or stop it",
            ) from None
        except (ImportError, OSError):
            pass  # Windows, and file systems that know no locks
