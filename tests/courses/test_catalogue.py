"""The courses as a list: found by name, each with its folder, and none imported before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from handgrad.courses import Course, course_names, find_course
from handgrad.errors import ArgumentError, DataError

NAMES = ["hw5", "project3", "cmu10601", "thu", "cs5242"]
COURSES = [find_course(name) for name in NAMES]

each = pytest.mark.parametrize("course", COURSES, ids=NAMES)


def test_there_are_five() -> None:
    assert course_names() == NAMES
    assert [course.name for course in COURSES] == NAMES


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("hw4", "did you mean hw5"),
        ("HW5", "did you mean hw5"),
        ("project4", "did you mean project3"),
        ("cmu", "did you mean cmu10601"),
        ("cs5224", "did you mean cs5242"),
        ("", "see `handgrad course list`"),
        ("piano", "see `handgrad course list`"),
    ],
)
def test_the_nearest_is_named(name: str, hint: str) -> None:
    with pytest.raises(ArgumentError) as error:
        find_course(name)
    assert error.value.hint == hint
    assert "hw5, project3, cmu10601, thu, cs5242" in error.value.expected


@each
def test_what_is_said_of_a_course_is_one_line(course: Course) -> None:
    for text in (course.title, course.document, course.produces):
        assert 20 < len(text) < 100
        assert "\n" not in text


@each
def test_the_folder_holds_the_modules_and_nothing_else(course: Course) -> None:
    found = {path.stem for path in course.folder.iterdir() if not path.name.startswith(("__pycache__", "."))}
    assert found == set(course.modules)


@each
def test_there_is_a_report(course: Course) -> None:
    assert course.report.is_file()


@each
def test_the_modules_are_importable_by_their_own_names(course: Course, tmp_path: Path) -> None:
    text = f"import sys; sys.path.insert(0, {str(course.folder)!r}); import {', '.join(course.modules)}"
    files = "; print(*(sys.modules[name].__file__ for name in sys.argv[1:]), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", text + files, *course.modules],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(course.modules)
    assert all(Path(line).is_relative_to(course.folder) for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_no_course_is_imported_before_it_is_needed() -> None:
    text = (
        "import sys\n"
        "from handgrad.courses import find_course\n"
        f"for name in {NAMES}: find_course(name).folder, find_course(name).report\n"
        "print(*(name for name in sys.modules if name.startswith('handgrad.courses')))"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    names = {"handgrad.courses", "handgrad.courses.catalogue", "handgrad.courses.course"}
    assert set(done.stdout.split()) == names


@each
@pytest.mark.parametrize("identity", ["", "a/b", "../x", "a b", ".", "é"])
def test_an_identity_that_is_no_part_of_a_file_name(course: Course, identity: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    if course.identity:
        with pytest.raises(ArgumentError, match=f"course pack {course.name}: expected a {course.identity}"):
            course.pack(tmp_path / "empty", identity, tmp_path)
    elif identity:  # the archive's name would tell nothing of it
        with pytest.raises(ArgumentError, match=f"course pack {course.name}: expected no --id"):
            course.pack(tmp_path / "empty", identity, tmp_path)
    else:  # what is missing are files
        with pytest.raises(DataError):
            course.pack(tmp_path / "empty", identity, tmp_path)


@each
def test_folders_that_are_not_there(course: Course, tmp_path: Path) -> None:
    identity = "x1" if course.identity else ""
    with pytest.raises(DataError, match="none: expected the folder with your files"):
        course.pack(tmp_path / "none", identity, tmp_path)
    with pytest.raises(ArgumentError, match="none: expected a folder that exists"):
        course.pack(tmp_path, identity, tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="got a file"):
        course.pack(tmp_path / "file", identity, tmp_path)
    with pytest.raises(ArgumentError, match="got a file"):
        course.pack(tmp_path, identity, tmp_path / "file")
    (tmp_path / "file").unlink()
    with pytest.raises(DataError):  # nothing to pack
        course.pack(tmp_path, identity, tmp_path)
    assert list(tmp_path.iterdir()) == []
