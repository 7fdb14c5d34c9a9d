import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad import files
from handgrad.errors import RunError
from handgrad.files import write_atomically


def test_it_writes_and_replaces(tmp_path):
    path = tmp_path / "a"
    for content in (b"one", b"", b"three\0\xff" * 1000):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_its_files_are_as_open_as_others(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "a", b"x")
        (tmp_path / "b").write_bytes(b"x")
        assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE((tmp_path / "b").stat().st_mode)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    for path in (tmp_path / "file" / "a", tmp_path / "missing" / "a", Path("/proc/nothing/a")):
        with pytest.raises(RunError) as caught:
            write_atomically(path, b"x")
        assert str(path) in str(caught.value)
        assert "expected a place to write to" in str(caught.value)
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_missing_folder_is_to_be_made(tmp_path):
    with pytest.raises(RunError) as caught:
        write_atomically(tmp_path / "missing" / "a", b"x")
    assert caught.value.hint == f"make the folder {tmp_path / 'missing'} first"


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "fdopen", "replace"])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, call):
    path = tmp_path / "a"
    write_atomically(path, b"before")
    monkeypatch.setattr(files.os, call, full)
    with pytest.raises(RunError, match=r"got No space left on device\. Hint: free some space"):
        write_atomically(path, b"after")
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("call", ["chmod", "_sync_folder"])
def test_a_file_system_without_modes_or_folders_to_sync_is_good_enough(tmp_path, monkeypatch, call):
    monkeypatch.setattr(files.os if call == "chmod" else files, call, full)
    write_atomically(tmp_path / "a", b"whole")
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_an_interrupt_leaves_what_was_there(tmp_path, monkeypatch):
    write_atomically(tmp_path / "a", b"before")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", b"after")
    assert (tmp_path / "a").read_bytes() == b"before"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_the_content_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    calls = []
    for call in ("fsync", "replace"):
        real = getattr(os, call)
        monkeypatch.setattr(
            files.os, call, lambda *a, real=real, call=call: (calls.append(call), real(*a))[1]
        )
    write_atomically(tmp_path / "a", b"x")
    assert calls == ["fsync", "replace", "fsync"]  # the file, its name, the folder that holds the name


LIMITED = """
import resource, sys
from pathlib import Path
from handgrad.errors import RunError
from handgrad.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write_atomically(Path(sys.argv[1]), b"small")
try:
    write_atomically(Path(sys.argv[1]), bytes(5000))
except RunError as error:
    print(error)
"""


def test_a_file_that_outgrows_its_limit(tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "a"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    assert "expected a place to write to, got File too large" in done.stdout
    assert path.read_bytes() == b"small"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]
