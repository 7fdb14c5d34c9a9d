"""Marks by hand: read, refused where they fit nothing, and added."""

from pathlib import Path

import pytest

from handgrad.errors import RubricError
from handgrad.grading.marks import Mark, read_marks, with_marks
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric_reading import find_rubric

RUBRIC = find_rubric("project3")
CLASS = ["ada", "=bob"]
HEAD = "submission,item,points,comment\n"


def read(tmp_path: Path, text: str) -> dict[tuple[str, str], Mark]:
    (tmp_path / "marks.csv").write_text(text, encoding="utf-8")
    return read_marks(tmp_path / "marks.csv", RUBRIC, CLASS)


def test_marks_are_read_whatever_a_spreadsheet_made_of_the_file(tmp_path: Path) -> None:
    text = '\ufeff item,submission ,points,comment\r\njacobians,ada,"12,5","good, but\none"\r\n,,,\r\n'
    text += "confusion,'=bob,5,\r\n"
    assert read(tmp_path, text) == {
        ("ada", "jacobians"): Mark(12.5, "good, but\none"),
        ("=bob", "confusion"): Mark(5, ""),
    }
    assert read(tmp_path, "submission,item,points\nada,templates,0\n") == {("ada", "templates"): Mark(0)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            HEAD + "adaa,jacobians,1,\n",
            "marks.csv, line 2: expected a submission of this class, got 'adaa'. Hint: did you mean ada.",
        ),
        (
            HEAD + "ada,jacobian,1,\n",
            "line 2: expected an item by hand of the rubric, got 'jacobian'. Hint: did you mean jacobians.",
        ),
        (HEAD + "ada,gradients,1,\n", "expected an item by hand of the rubric, got 'gradients'"),
        (
            HEAD + "ada,jacobians,1,\nada,jacobians,2,\n",
            "line 3: expected one mark each, got jacobians of ada again",
        ),
        (HEAD + "ada,jacobians,good,\n", "line 2: expected points, a number, got 'good'"),
        (HEAD + "ada,jacobians,nan,\n", "expected points, a number, got 'nan'"),
        (HEAD + "ada,jacobians\n", "expected points, a number, got ''"),
        (HEAD + ",jacobians,1,\n", "expected a submission of this class, got none"),
        (
            "submission,points\n",
            "expected the columns submission, item, points, comment, got submission, points",
        ),
        ("", "got an empty file"),
    ],
)
def test_what_fits_nothing_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(RubricError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match="a readable CSV"):
        read_marks(tmp_path / "none.csv", RUBRIC, CLASS)
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RubricError, match="a readable CSV"):
        read_marks(tmp_path / "b.csv", RUBRIC, CLASS)


@pytest.mark.parametrize(("points", "status"), [(15, "passed"), (16, "passed"), (3, "partly"), (0, "failed")])
def test_a_mark_counts_from_then_on(points: float, status: str) -> None:
    items = (
        Item("jacobians", "J", 0.0, 15.0, "by hand", "To be marked by hand."),
        Item("confusion", "C", 0.0, 5.0, "by hand", "To be marked by hand."),
        Item("gradients", "G", 10.0, 15.0, "partly", "Half."),
    )
    before = Result("ada", "project3", "project3", items)
    after = with_marks(before, {("ada", "jacobians"): Mark(points, "Fine."), ("=bob", "confusion"): Mark(5)})
    assert (before.points, before.possible) == (10, 15)
    assert (after.points, after.possible) == (10 + points, 30)
    assert [item.status for item in after.items] == [status, "by hand", "partly"]
    assert after.items[0].reason == "Marked by hand: Fine."
