"""``handgrad course``: the list, the folders, data files, archives, runs; and every mistake."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handgrad.courses import Course, course_names, find_course
from handgrad.data import Splits
from tests.cli.commands import handgrad

NAMES = course_names()
DATA = {
    "hw5": ["data/mnist.npz"],
    "project3": [
        f"Project3_Data/MNIST_{part}_{what}.npy"
        for part in ("train", "val", "test")
        for what in ("images", "labels")
    ]
    + ["Project3_data"],
    "cmu10601": ["mnist_all.mat"],
    "thu": [
        f"data/{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")
    ],
    "cs5242": ["data/mnist.npz"],
}
WORK = {
    "hw5": (["hw5.py", "nn_layers.py"], "x1.zip"),
    "project3": (["Project3.py", "report.pdf"], "x1_Project3.zip"),
    "cmu10601": (["cnn_lenet.py"], "hw7.tar"),
    "thu": (
        [f"{name}.py" for name in find_course("thu").modules] + ["report.pdf"],
        "x1.zip",
    ),
    "cs5242": (["codes/layers.py", "codes/loss.py", "codes/optimizers.py", "report.pdf"], "x1.zip"),
}

each = pytest.mark.parametrize("name", NAMES)


def refused(*arguments: object) -> str:
    answer = handgrad("course", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("handgrad: ")
    assert answer.err.count("\n") == 1
    return answer.err


def test_the_list() -> None:
    answer = handgrad("course", "list")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0].split()[0] == "course"
    assert [line.split()[0] for line in lines[1:]] == NAMES
    for line, name in zip(lines[1:], NAMES, strict=True):
        course = find_course(name)
        assert course.title in line
        assert course.produces in line
        assert ", ".join(course.modules) in line
    assert handgrad("course").out == answer.out
    rows = handgrad("course", "list", "--json").json["courses"]
    assert [row["name"] for row in rows] == NAMES
    assert rows[0]["modules"] == ["nn_layers", "hw5"]
    assert all(Path(row["path"]).is_dir() for row in rows)


@each
def test_the_path_is_all_that_is_printed(name: str) -> None:
    answer = handgrad("course", "path", name)
    assert (answer.code, answer.out, answer.err) == (0, f"{find_course(name).folder}\n", "")


def test_a_script_of_a_course_in_a_shell(nowhere: Path) -> None:
    (nowhere / "script.py").write_text(
        "import nn_layers as nnl\nprint(nnl.nn_fc_layer(8, 3).get_weights()[0].shape)\n"
    )
    shell = f"PYTHONPATH=$({sys.executable} -m handgrad course path hw5) {sys.executable} script.py"
    done = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""}
    )
    assert (done.stdout, done.stderr) == ("(3, 8)\n", "")


def test_list_and_path_import_no_course() -> None:
    code = (
        "import sys; from handgrad.cli import main\n"
        "for words in (['list'], ['path', 'thu']):\n"
        "    try: main(['course', *words])\n"
        "    except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.startswith(('handgrad.courses.', 'matplotlib'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['handgrad.courses.catalogue', 'handgrad.courses.course']"


@each
def test_data(name: str, nowhere: Path) -> None:
    command = ("course", "data", name, "mine", "--data", "digits")
    answer = handgrad(*command)
    assert (answer.code, answer.err) == (0, "")
    assert sorted(answer.out.splitlines()) == sorted(str(Path("mine", file)) for file in DATA[name])
    there = {str(path.relative_to("mine")) for path in Path("mine").rglob("*") if not path.is_dir()}
    assert there == set(DATA[name]) - {"Project3_data"}
    before = {path: path.stat().st_mtime_ns for path in Path("mine").rglob("*")}
    again = handgrad(*command, "--json")
    assert sorted(again.json["files"]) == sorted(answer.out.splitlines())
    assert before == {path: path.stat().st_mtime_ns for path in Path("mine").rglob("*")}


@each
def test_data_leaves_the_files_of_others_alone(name: str, nowhere: Path) -> None:
    place = Path("mine", DATA[name][0])
    place.parent.mkdir(parents=True)
    place.write_bytes(b"somebody's own")
    assert str(place) in refused("data", name, "mine", "--data", "digits")
    assert place.read_bytes() == b"somebody's own"
    assert [path for path in Path("mine").rglob("*") if path.is_file()] == [place]


@each
def test_data_in_a_place_that_is_a_file(name: str, nowhere: Path) -> None:
    Path("mine").write_text("not a folder")
    assert "mine" in refused("data", name, "mine", "--data", "digits")


@each
def test_an_archive(name: str, nowhere: Path) -> None:
    files, archive = WORK[name]
    for file in files:
        path = Path("mine", file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# mine")
    identity = ("--id", "x1") if find_course(name).identity else ()
    answer = handgrad("course", "pack", name, "mine", *identity)
    assert (answer.code, answer.out, answer.err) == (0, f"{archive}\n", "")
    assert Path(archive).stat().st_size > 0
    Path("out").mkdir()
    elsewhere = handgrad("course", "pack", name, "mine", *identity, "--to", "out", "--json")
    assert elsewhere.json == {"course": name, "archive": str(Path("out", archive))}
    Path("mine", files[-1]).unlink()
    assert Path(files[-1]).name in refused("pack", name, "mine", *identity)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["path", "hw4"], "did you mean hw5"),
        (["data", "tuh", "x"], "did you mean thu"),
        (["pack", "cs5243", "x"], "did you mean cs5242"),
        (["run", "cmu"], "did you mean cmu10601"),
        (["run", "hw5", "--threads", 0], "above 0"),
        (["run", "hw5", "--data", "digit"], "did you mean digits"),
        (["run", "hw5", "--data", "mnist"], "mirror"),
        (["run", "hw5", "--data-dir", "none"], "none (--data-dir)"),
        (["data", "hw5", "x", "--data-dir", "none"], "none (--data-dir)"),
        (["data", "hw5", "x"], "mirror"),
        (["pack", "hw5", "none", "--id", "x1"], "no such folder"),
        (["pack", "hw5", ".", "--id", "x1", "--to", "none"], "no such folder"),
        (["pack", "hw5", "."], "--id"),
        (["pack", "project3", ".", "--id", "a/b"], "directory ID"),
    ],
)
def test_mistakes(arguments: list[object], says: str, nowhere: Path) -> None:
    assert says in refused(*arguments)
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["course", "lst"], 'Did you mean "list"?'),
        (["course", "frob"], "Commands: list, path, data, pack, handout, autograder, run."),
        (["course", "path"], "NAME"),
        (["course", "data", "hw5"], "FOLDER"),
        (["course", "run", "hw5", "--qick"], "Did you mean --quick?"),
    ],
)
def test_a_misspelt_command_line(arguments: list[str], says: str) -> None:
    answer = handgrad(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert says in answer.err


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a run was asked for, in place of the run itself."""
    calls: list[dict[str, Any]] = []

    def noted(course: Course, *, splits: Splits, runs: Path, say: Any, **rest: Any) -> Path:
        calls.append({"course": course.name, "data": splits.train.name, "runs": str(runs), **rest})
        say("so far, so good")
        folder = runs / f"course-{course.name}"
        folder.mkdir(parents=True)
        for name in ("report.html", "report.md", "numbers.json"):
            (folder / name).write_text("{}")
        return folder

    monkeypatch.setattr("handgrad.courses.study.run_course", noted)
    return calls


def test_a_run(asked: list[dict[str, Any]]) -> None:
    answer = handgrad("course", "run", "thu", "--data", "digits")
    assert (answer.code, answer.err) == (0, "")
    folder = Path("runs", "course-thu")
    reports = [str(folder / "report.html"), str(folder / "report.md")]
    assert answer.out.splitlines() == ["so far, so good", *reports]
    places = {"course": "thu", "data": "digits", "runs": "runs"}
    assert asked == [{**places, "quick": False, "search": False, "threads": None}]


def test_a_run_with_everything_else(asked: list[dict[str, Any]]) -> None:
    options = ("--quick", "--search", "--threads", 2, "--runs", "here", "--quiet", "--json")
    answer = handgrad("course", "run", "cs5242", "--data", "digits", *options)
    folder = Path("here", "course-cs5242")
    assert answer.out.count("\n") == 1
    assert answer.json == {
        "course": "cs5242",
        "quick": True,
        "search": True,
        "run": str(folder),
        "numbers": str(folder / "numbers.json"),
        "reports": [str(folder / "report.html"), str(folder / "report.md")],
    }
    places = {"course": "cs5242", "data": "digits", "runs": "here"}
    assert asked == [{**places, "quick": True, "search": True, "threads": 2}]


def test_images_that_no_course_takes(nowhere: Path) -> None:
    arrays = {"x": np.zeros((60, 32, 32), np.uint8), "y": np.arange(60, dtype=np.uint8) % 10}
    Path("larger").mkdir()
    np.savez(
        "larger/mnist.npz", **{f"{key}_{part}": arrays[key] for key in "xy" for part in ("train", "test")}
    )
    for command in (("run", "hw5", "--quick"), ("data", "hw5", "mine")):
        assert "28 x 28" in refused(*command, "--data", "./larger", "--no-verify")
    assert [path.name for path in nowhere.iterdir()] == ["larger"]


def test_an_interrupt_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("handgrad.courses.study.run_course", interrupted)
    answer = handgrad("course", "run", "hw5", "--data", "digits")
    assert (answer.code, answer.err) == (130, "handgrad: interrupted.\n")


def test_without_mnist_a_run_takes_digits_as_train_does(asked: list[dict[str, Any]]) -> None:
    answer = handgrad("course", "run", "hw5", "--quick")
    assert answer.code == 0
    assert "THIS IS NOT MNIST" in answer.err
    assert asked[0]["data"] == "digits"


@pytest.mark.parametrize("name", [name for name in NAMES if not find_course(name).searches])
def test_a_search_where_none_is_asked_for(name: str, asked: list[dict[str, Any]]) -> None:
    message = refused("run", name, "--search", "--data", "digits")
    assert "project3, cs5242" in message
    assert f"got {name}" in message
    assert asked == []
