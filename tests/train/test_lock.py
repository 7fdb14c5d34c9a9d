"""One training at a time in a run folder."""

import subprocess
import sys

import pytest

from handgrad.errors import RunError
from handgrad.train.lock import FolderLock

pytest.importorskip("fcntl")

HOLD = (
    "import sys, pathlib; from handgrad.train import FolderLock; lock = FolderLock(pathlib.Path(sys.argv[1]))"
)


def test_another_process_is_kept_out_until_this_one_lets_go(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    lock = FolderLock(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "expected a run that nobody is training, got another process at work on it" in refused.stderr
    lock.release()
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_a_second_lock_of_the_same_process_is_refused_too(tmp_path):
    (tmp_path / "run.json").write_text("{}")
    lock = FolderLock(tmp_path)
    with pytest.raises(RunError, match="another process"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path)
