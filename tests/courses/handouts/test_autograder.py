"""The autograder's folder: its scripts are shell, run what they say, and carry the rubric."""

import os
import subprocess
from pathlib import Path

import pytest

from handgrad import __version__
from handgrad.courses import course_names, find_course
from handgrad.errors import DataError

each = pytest.mark.parametrize("name", course_names())


@each
def test_the_scripts(name: str, tmp_path: Path) -> None:
    written = find_course(name).autograder(tmp_path)
    assert [path.name for path in written] == ["setup.sh", "run_autograder", "README.md"]
    for path in written[:2]:
        assert path.stat().st_mode & 0o111 == 0o111
        assert path.read_text().startswith("#!/usr/bin/env bash\n")
        assert "@version@" not in path.read_text()
        checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
    assert f"handgrad=={__version__}" in written[0].read_text()
    assert f"handgrad grade {name} " in written[1].read_text()
    assert "zip -r" in written[2].read_text()


def installed(folder: Path, tmp_path: Path) -> list[str]:
    """What setup.sh runs on a machine whose programs only tell how they were called."""
    tools, home, log = tmp_path / "tools", tmp_path / "home", tmp_path / "log"
    tools.mkdir(exist_ok=True)
    for program in (tools / "apt-get", tools / "python3", tools / "chmod"):
        program.write_text(f'#!/bin/sh\necho {program.name} "$@" >> {log}\n')
    for name in ("pip", "handgrad"):
        program = home / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {log}\n')
    for program in (*tools.iterdir(), *(home / "bin").iterdir()):
        program.chmod(0o755)
    script = (folder / "setup.sh").read_text().replace("/opt/handgrad", str(home))
    (folder / "setup.sh").write_text(script)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    subprocess.run(["bash", "setup.sh"], cwd=folder, env=environment, check=True, capture_output=True)
    lines = log.read_text().splitlines()
    log.unlink()
    return lines


def test_setup_installs_the_wheel_where_there_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "autograder"
    find_course("hw5").autograder(folder)
    pips = [line for line in installed(folder, tmp_path) if line.startswith("pip")]
    assert pips[0].endswith(f" handgrad=={__version__}")
    assert pips[1].endswith(" scikit-image")
    (folder / "handgrad-9-py3-none-any.whl").write_text("")
    lines = installed(folder, tmp_path)
    assert any(line.startswith("pip") and line.endswith("handgrad-9-py3-none-any.whl") for line in lines)
    assert not any(f"handgrad=={__version__}" in line for line in lines)
    assert any(line.startswith("handgrad data fetch --data-dir ") for line in lines)


def test_setup_where_a_course_allows_nothing_more(tmp_path: Path) -> None:
    folder = tmp_path / "autograder"
    find_course("thu").autograder(folder)
    assert len([line for line in installed(folder, tmp_path) if line.startswith("pip")]) == 1


def test_a_rubric_goes_in(tmp_path: Path) -> None:
    rubric = tmp_path / "mine.toml"
    rubric.write_text("name = 'mine'\n")
    written = find_course("thu").autograder(tmp_path / "a", rubric)
    assert written[-1].name == "rubric.toml"
    assert written[-1].read_text() == "name = 'mine'\n"
    assert "`rubric.toml`" in (tmp_path / "a" / "README.md").read_text()


def test_a_rubric_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml"):
        find_course("thu").autograder(tmp_path / "a", tmp_path / "none.toml")
    assert not (tmp_path / "a").exists()


def test_what_an_instructor_changed_is_left_alone(tmp_path: Path) -> None:
    find_course("thu").autograder(tmp_path)
    (tmp_path / "setup.sh").write_text("# mine\n")
    with pytest.raises(DataError, match=r"setup\.sh"):
        find_course("thu").autograder(tmp_path)
    assert (tmp_path / "setup.sh").read_text() == "# mine\n"
