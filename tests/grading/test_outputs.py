"""All files of a class, in their places, whatever the submissions are called."""

import csv
import json
from pathlib import Path

import pytest

from handgrad.errors import RunError
from handgrad.grading.outputs import file_names, write_outputs
from handgrad.grading.rubric_reading import find_rubric
from tests.grading.made_results import HOSTILE, result

RUBRIC = find_rubric("hw5")


def test_every_submission_has_its_files_and_no_other_place_is_touched(tmp_path: Path) -> None:
    names = ["ada", "Ada", "../../etc/passwd", HOSTILE, "con", "x" * 300, "李明", "小红", ""]
    folder = tmp_path / "a" / "b"
    files = write_outputs([result(name) for name in names], RUBRIC, folder)
    assert files[:2] == [folder / "index.html", folder / "class.csv"]
    assert len(set(files)) == 2 + 2 * len(names)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(files)
    assert len({str(path).lower() for path in files}) == len(files)
    overview = (folder / "index.html").read_text(encoding="utf-8")
    for page in (folder / "students").iterdir():
        assert f'href="students/{page.name}"' in overview
    assert json.loads((files[3]).read_text())["score"] == 21
    assert files[3].name == "results.json"
    with files[1].open(newline="", encoding="utf-8") as table:
        assert len(list(csv.reader(table))) == 1 + len(names)


def test_the_same_results_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        [path.read_bytes() for path in write_outputs([result()], RUBRIC, tmp_path / name)] for name in "ab"
    )
    assert first == second


def test_names_of_files() -> None:
    names = file_names(["ada_1", "Emmy", "emmy", "-rf", "a b", "nul"])
    assert names["ada_1"] == "ada_1"
    assert names["Emmy"] != "Emmy"
    assert names["emmy"] != names["Emmy"].lower()
    assert names["-rf"].startswith("rf-")
    assert names["nul"] != "nul"
    assert file_names(["a b"])["a b"] == names["a b"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="a place for the results"):
        write_outputs([result()], RUBRIC, tmp_path / "file")
