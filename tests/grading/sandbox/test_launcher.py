"""How each tier shuts a process in: a shell tells what it sees. As root, and as a user without rights."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad.grading.sandbox import launcher

USER = 61999
PYTHON = "/usr/bin/python3"
SEES = "id -u; ls /; echo kept > x && cat x; kill -9 $PPID; ulimit -t; ulimit -n"

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
needs_python = pytest.mark.skipif(not os.path.exists(PYTHON), reason="a Python that every user may run")
SHOWN = [
    (path, path)
    for path in ("/bin", "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null")
    if os.path.lexists(path)
]


def shut_in(
    tmp_path: Path, tier: str, as_user: bool = False, script: str = SEES
) -> "subprocess.CompletedProcess[str]":
    file = Path(shutil.copy(launcher.__file__, tmp_path))
    for folder in (tmp_path, tmp_path / "root", tmp_path / "work"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.owner() == "root" and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    orders = {
        "tier": tier,
        "user": USER,
        "root": str(tmp_path / "root"),
        "work": "/box/work" if tier == "namespaces" else str(tmp_path / "work"),
        "shown": SHOWN,
        "hidden": [],
        "disk": "1m",
        "limits": {"cpu": 5, "memory": 1 << 30, "file": 1 << 20, "processes": 64, "files": 77},
        "command": ["/bin/sh", "-c", script],
        "environment": {"PATH": "/usr/bin:/bin"},
    }
    become = ["setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups"] if as_user else []
    python = PYTHON if as_user else sys.executable
    command = [*become, python, "-I", "-S", str(file)]
    return subprocess.run(
        command, input=json.dumps(orders), text=True, capture_output=True, timeout=60, check=False
    )


@needs_root
@pytest.mark.parametrize("tier", ["namespaces", "user"])
def test_root_shuts_in_as_another_user(tmp_path: Path, tier: str) -> None:
    found = shut_in(tmp_path, tier)
    lines = found.stdout.splitlines()
    assert lines[0] == str(USER)
    assert lines[-3:] == ["kept", "5", "77"]
    assert "not permitted" in found.stderr
    assert ("root" in lines) == (tier == "user")


@needs_root
@needs_python
def test_a_user_without_rights_shuts_in_too(tmp_path: Path) -> None:
    found = shut_in(tmp_path, "namespaces", as_user=True)
    lines = found.stdout.splitlines()
    assert lines[0] == str(USER)
    assert lines[-3:] == ["kept", "5", "77"]
    assert "root" not in lines


@needs_root
@pytest.mark.parametrize("as_user", [False, pytest.param(True, marks=needs_python)])
def test_no_mount_and_no_right_is_to_be_had_inside(tmp_path: Path, as_user: bool) -> None:
    script = (
        "mount -t tmpfs none /tmp || echo no mount; echo x > /usr/x || echo no writing; ls -l /bin/sh > x"
    )
    found = shut_in(tmp_path, "namespaces", as_user, script)
    assert found.stdout.split("\n")[:2] == ["no mount", "no writing"]


@needs_root
@pytest.mark.parametrize("as_user", [False, pytest.param(True, marks=needs_python)])
def test_no_further_namespaces_are_to_be_had_inside(tmp_path: Path, as_user: bool) -> None:
    found = shut_in(tmp_path, "namespaces", as_user, "unshare --user id -u || echo none")
    assert found.stdout.split() == ["none"]


@needs_root
def test_its_processes_are_the_first_to_go_where_memory_ends(tmp_path: Path) -> None:
    assert shut_in(tmp_path, "user", script="cat /proc/self/oom_score_adj").stdout.split() == ["1000"]


@needs_root
def test_room_for_files_ends(tmp_path: Path) -> None:
    found = shut_in(tmp_path, "namespaces", script="cat /bin/* > large; echo end; wc -c < large")
    assert int(found.stdout.split()[-1]) <= 1 << 20


@needs_root
def test_what_cannot_be_shut_in_does_not_run(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    orders = {"tier": "namespaces", "user": USER, "root": str(broken / "missing"), "shown": []}
    found = subprocess.run(
        [sys.executable, "-I", "-S", launcher.__file__],
        input=json.dumps({**orders, "command": ["/bin/echo", "ran"]}),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert found.returncode == launcher.FAILED
    assert "ran" not in found.stdout
    assert "could not be shut in" in found.stderr


@needs_root
def test_no_program_gives_rights_back(tmp_path: Path) -> None:
    found = shut_in(tmp_path, "user", script="grep NoNewPrivs /proc/self/status")
    assert found.stdout.split() == ["NoNewPrivs:", "1"]
