import csv
import json
from pathlib import Path

import pytest

from tests.cli.commands import Answer, handgrad
from tests.courses.solutions import filled
from tests.grading.submitting import write


@pytest.fixture
def group(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    filled("hw5", folder / "ann")
    write(folder / "=bob", backward="dLdy = 2 * dLdy")
    return folder


def grade(group: Path, *arguments: object) -> Answer:
    return handgrad(
        "grade", "hw5", group, "--rubric", "hw5-functions", "--to", group.parent / "out", *arguments
    )


def test_a_class_gets_pages_a_table_and_results(group: Path) -> None:
    answer = grade(group, "--json")
    assert answer.code == 0, answer.err
    rows = {row["submission"]: row for row in answer.json["results"]}
    assert rows["ann"]["points"] == rows["ann"]["possible"] == 20
    assert rows["=bob"]["points"] == 2
    assert "=bob: 2 of 20" in answer.out
    out = group.parent / "out"
    assert "ann" in (out / "index.html").read_text("utf-8")
    assert len(list((out / "students").glob("*.html"))) == 2
    with (out / "class.csv").open(encoding="utf-8", newline="") as file:
        table = {row["submission"]: row for row in csv.DictReader(file)}
    assert table["'=bob"]["points"] == "2"
    again = grade(group)
    assert again.out.count("graded before") == 2


def test_gradescope_gets_its_file(group: Path) -> None:
    file = group.parent / "results.json"
    answer = grade(group / "ann", "--gradescope", file, "--quiet")
    assert (answer.code, answer.out.count("\n")) == (0, 2)
    values = json.loads(file.read_text("utf-8"))
    assert values["score"] == 20
    assert {test["status"] for test in values["tests"]} == {"passed"}


def test_training_gives_points_by_accuracy(group: Path, tmp_path: Path) -> None:
    rubric = tmp_path / "mine.toml"
    rubric.write_text(
        """
name = "mine"
course = "hw5"
title = "Mine"
[[item]]
kind = "training"
name = "total"
title = "Accuracy"
network = "classifier"
epochs = 3
batch_size = 20
images = 1000
rate = 0.5
seconds = 300
bands = [{ above = 0.6, points = 7 }, { least = 0.0, points = 1 }]
""",
        encoding="utf-8",
    )
    answer = handgrad(
        "grade", "hw5", group, "--rubric", rubric, "--to", tmp_path / "o", "--data", "digits", "--json"
    )  # fmt: skip
    assert answer.code == 0, answer.err
    rows = {row["submission"]: row for row in answer.json["results"]}
    assert rows["ann"]["points"] == 7
    assert rows["ann"]["accuracy"] > 0.6
    assert rows["=bob"]["accuracy"] is None
    assert rows["=bob"]["points"] == 0


def test_marks_by_hand_are_added(tmp_path: Path) -> None:
    filled("cmu10601", tmp_path / "class" / "ann")
    marks = tmp_path / "marks.csv"
    marks.write_text("submission,item,points,comment\nann,toy,11,one slip\n", encoding="utf-8")
    arguments = ("grade", "cmu10601", tmp_path / "class" / "ann", "--no-training", "--to", tmp_path / "o")
    plain, marked = handgrad(*arguments, "--json"), handgrad(*arguments, "--marks", marks, "--json")
    assert marked.code == 0, marked.err
    assert marked.json["results"][0]["points"] == plain.json["results"][0]["points"] + 11 == 84


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("hw6", "x"), "hw5"),
        (("hw5",), "a submission, or a folder of them"),
        (("hw5", "nowhere"), "no such file"),
        (("hw5", "{group}", "--rubric", "cs5242"), "one of hw5"),
        (("hw5", "{group}", "--rubric", "missing.toml"), "no file missing.toml"),
        (("hw5", "{group}", "--jobs", "0"), "a whole number above 0"),
        (("hw5", "{group}", "--tier", "vault"), "namespaces, user, limits"),
        (("hw5", "{group}", "{group}", "--gradescope", "x.json"), "one submission"),
        (("hw5", "{group}", "--marks", "missing.csv", "--no-training"), "missing.csv"),
    ],
)
def test_mistakes_are_told_in_a_sentence(group: Path, arguments: tuple[str, ...], words: str) -> None:
    given = [argument.replace("{group}", str(group)) for argument in arguments]
    answer = handgrad("grade", *given)
    assert answer.code in (1, 2)
    assert words in answer.err
    assert answer.err.count("\n") <= 2
    assert "Traceback" not in answer.err


def test_a_rubric_without_points_is_said(group: Path) -> None:
    answer = handgrad("grade", "hw5", group / "ann", "--no-training", "--to", group.parent / "out")
    assert "hw5-functions" in answer.err
    assert "ann: 0 of 0" in answer.out


def test_a_weaker_tier_is_said(group: Path) -> None:
    answer = grade(group / "ann", "--tier", "limits", "--json")
    assert answer.json["results"][0]["points"] == 20
    assert "held by limits only: the network was not cut off" in answer.err


def test_a_rubric_is_no_course(group: Path) -> None:
    answer = handgrad("grade", "hw5-functions", group)
    assert answer.code != 0
    assert "course: expected one of hw5" in answer.err


def test_marks_are_in_the_line_of_a_submission(tmp_path: Path) -> None:
    filled("project3", tmp_path / "class" / "ann")
    marks = tmp_path / "marks.csv"
    marks.write_text("submission,item,points\nann,confusion,4\n", encoding="utf-8")
    answer = handgrad(
        "grade", "project3", tmp_path / "class", "--no-training", "--marks", marks, "--to", tmp_path / "out"
    )
    assert "ann: 24 of 25" in answer.out, answer.err


def test_files_beside_the_submissions_are_told(group: Path) -> None:
    (group / "eva.ipynb").write_text("{}", encoding="utf-8")
    answer = grade(group)
    assert "eva.ipynb: neither a folder nor an archive that can be read; it is left out" in answer.err


def test_gradescope_takes_what_has_folders_as_one(group: Path) -> None:
    folder = group.parent / "submission"
    filled("hw5", folder / "codes")
    (folder / "plots").mkdir()
    file = group.parent / "results.json"
    answer = grade(folder, "--gradescope", file)
    assert answer.code == 0, answer.err
    assert json.loads(file.read_text("utf-8"))["score"] == 20


def test_gradescope_takes_no_class(group: Path) -> None:
    answer = grade(group, "--gradescope", group.parent / "results.json")
    assert answer.code != 0
    assert "--gradescope: expected one submission, got 2" in answer.err


def test_what_students_write_does_not_command_the_terminal(group: Path) -> None:
    write(group / "a\x1b[2Jb\nc")
    found = grade(group)
    assert found.code == 0
    assert "\x1b" not in found.out
    assert "a\N{REPLACEMENT CHARACTER}[2Jb c: 3 of 20" in found.out
