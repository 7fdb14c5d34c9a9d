import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import handgrad
from handgrad.engine.compiled.native import store
from handgrad.engine.compiled.native.machine import Machine, generic
from handgrad.engine.compiled.native.store import Store, fingerprint, root

CODE = bytes(range(256)) * 3


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDGRAD_KERNELS", str(tmp_path / "kernels"))
    return tmp_path / "kernels"


# where


def test_the_folder_of_all_kernels(monkeypatch, tmp_path):
    assert root() == tmp_path / "kernels"
    monkeypatch.setenv("HANDGRAD_KERNELS", "")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert root() == tmp_path / "cache" / "handgrad" / "kernels"
    monkeypatch.setattr(sys, "platform", "win32")
    assert root() == tmp_path / "local" / "handgrad" / "kernels"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for unset in ("", None):
        monkeypatch.setenv("XDG_CACHE_HOME", unset) if unset is not None else monkeypatch.delenv(
            "XDG_CACHE_HOME"
        )
        assert root() == tmp_path / "home" / ".cache" / "handgrad" / "kernels"


def test_every_machine_has_a_folder_of_its_own():
    machines = [generic(), Machine("", "", 8, 16), Machine("", "+avx", 4, 16), Machine("cpu", "", 4, 16)]
    folders = [Store(machine).folder for machine in machines]
    assert len(set(folders)) == len(folders)
    assert all(path.parent == root() for path in folders)
    assert Store(generic()).folder == folders[0]


# what a kernel was made by

PRINT = (
    "import sys; from importlib import metadata; found = metadata.version\n"
    "metadata.version = lambda name: sys.argv[1] if name == 'llvmlite' and sys.argv[1:] else found(name)\n"
    "from handgrad.engine.compiled.native.store import fingerprint; print(fingerprint())\n"
)


def fingerprint_of(sources, *llvmlite):
    """The fingerprint that a process with a copy of the package finds."""
    environment = os.environ | {"PYTHONPATH": str(sources), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", PRINT, *llvmlite]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def sources(tmp_path):
    """A copy of the package that may be edited."""
    shutil.copytree(
        Path(handgrad.__file__).parent, tmp_path / "src" / "handgrad", ignore=lambda *_: ["__pycache__"]
    )
    return tmp_path / "src"


def test_the_same_sources_have_the_same_name_wherever_they_are(sources):
    found = fingerprint_of(sources)
    assert found == fingerprint_of(sources) == fingerprint()
    assert found == fingerprint_of(sources, metadata.version("llvmlite"))
    assert len(found) == 16


def test_another_version_of_llvmlite_has_another_name(sources):
    assert fingerprint_of(sources, "0.0.1") != fingerprint_of(sources)


def test_an_edit_in_any_source_file_changes_the_name(sources, monkeypatch):
    """Each file of the package that makes kernels is changed, added to, renamed and taken away in turn."""
    package = sources / "handgrad" / "engine" / "compiled"
    monkeypatch.setattr(store, "__file__", str(package / "native" / "store.py"))
    name = fingerprint.__wrapped__  # it remembers its answer as long as a process lives
    before = name()
    assert before == fingerprint()
    seen = {before}
    files = sorted(package.rglob("*.py"))
    assert {path.relative_to(package).as_posix() for path in files} >= {
        "engine.py", "kernels/convolution.py", "native/emitter.py", "native/program.py", "plan/builder.py"
    }  # fmt: skip
    for path in files:
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        seen.add(name())
        path.write_bytes(content)
        assert name() == before
        moved = path.rename(path.with_name("moved_" + path.name))
        seen.add(name())
        moved.rename(path)
    (package / "native" / "new.py").write_text("")
    seen.add(name())
    assert len(seen) == 2 + 2 * len(files)


def test_an_edit_is_seen_by_the_next_process(sources):
    before = fingerprint_of(sources)
    path = sources / "handgrad" / "engine" / "compiled" / "kernels" / "tile.py"
    path.write_text(path.read_text() + "# changed\n")
    assert fingerprint_of(sources) != before


# what is read and written


def test_what_was_written_is_read(folder):
    first = Store(generic())
    assert first.read("kernel") is None
    assert not folder.exists()  # looking makes nothing
    first.write("kernel", CODE)
    assert first.read("kernel") == Store(generic()).read("kernel") == CODE
    assert [path.name for path in first.folder.iterdir()] == ["kernel.o"]
    assert Store(Machine("", "", 8, 16)).read("kernel") is None
    first.write("kernel", b"other")
    assert first.read("kernel") == b"other"


def damaged(content):
    yield "empty", b""
    for size in (1, 31, 32, 33, len(content) // 2, len(content) - 1):
        yield f"cut to {size} bytes", content[:size]
    yield "longer", content + b"\0"
    for place in (0, 31, 32, 100, len(content) - 1):
        for bit in (1, 128):
            yield (
                f"bit {bit} of byte {place}",
                content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :],
            )
    yield "zeros", bytes(len(content))
    yield "its digest alone", content[:32]
    yield "no digest", content[32:]


def test_what_is_damaged_is_as_good_as_none():
    kept = Store(generic())
    kept.write("kernel", CODE)
    path = kept.folder / "kernel.o"
    for what, content in damaged(path.read_bytes()):
        path.write_bytes(content)
        assert kept.read("kernel") is None, what
    path.unlink()
    path.mkdir()
    assert kept.read("kernel") is None
    kept.write("kernel", CODE)  # cannot replace a folder, and says nothing


def test_a_kernel_under_another_name_is_as_good_as_none():
    kept = Store(generic())
    kept.write("kernel", CODE)
    shutil.copy(kept.folder / "kernel.o", kept.folder / "other.o")
    assert kept.read("other") is None


@pytest.mark.parametrize("obstacle", ["file", "file above", "unwritable", "full"])
def test_a_folder_that_cannot_be_written_to_is_no_error(obstacle, folder, monkeypatch):
    kept = Store(generic())
    if obstacle == "file":
        folder.mkdir()
        kept.folder.write_text("in the way")
    elif obstacle == "file above":
        folder.write_text("in the way")
    else:

        def fail(*_, **__):
            raise OSError(28 if obstacle == "full" else 13, obstacle)

        monkeypatch.setattr(os, "replace" if obstacle == "full" else "mkdir", fail)
    kept.write("kernel", CODE)
    assert kept.read("kernel") is None
    if obstacle == "full":
        assert list(kept.folder.iterdir()) == []  # no part file is left


def test_a_folder_deleted_in_the_meantime_is_made_again(folder):
    kept = Store(generic())
    kept.write("kernel", CODE)
    shutil.rmtree(folder)
    assert kept.read("kernel") is None
    kept.write("kernel", CODE)
    assert kept.read("kernel") == CODE
