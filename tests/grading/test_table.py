"""The table of the class, and what a spreadsheet would make of it."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from handgrad.grading.result import Item
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.table import safe, write_table
from tests.grading.made_results import HOSTILE, result

RUBRIC = find_rubric("project3")
ITEMS = (
    Item("imports", "Imports", 0.0, 0.0, "failed", "=a.py, line 1."),
    Item("gradients", "G", 7.5, 15.0, "partly", ""),
    Item("confusion", "C", 0.0, 5.0, "by hand", ""),
    Item("mlp-test-set", "T", -20.0, 0.0, "failed", ""),
)


def rows(tmp_path: Path, *results: object) -> list[dict[str, str]]:
    write_table(results, RUBRIC, tmp_path / "class.csv")  # type: ignore[arg-type]
    with (tmp_path / "class.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_row_a_submission_and_a_column_an_item(tmp_path: Path) -> None:
    ada, bob = rows(tmp_path, result("ada", items=ITEMS), result("bob", accuracy=None, items=()))
    assert list(ada)[:6] == ["submission", "points", "possible", "accuracy", "forward", "initialisation"]
    assert list(ada)[-4:] == ["imports", "tier", "events", "warnings"]
    assert (ada["submission"], ada["points"], ada["possible"], ada["accuracy"]) == (
        "ada",
        "0",
        "15",
        "0.9300",
    )
    assert (ada["gradients"], ada["mlp-test-set"], ada["tier"]) == ("7.5", "-20", "user")
    assert ada["confusion"] == ada["forward"] == ""  # to be marked, and not there
    assert ada["imports"] == "'=a.py, line 1."
    assert ada["events"] == "it printed a gigabyte"
    assert bob["accuracy"] == ""


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "|calc", "＝1+1", "\u3000=1", HOSTILE],
)
def test_nothing_is_a_formula(tmp_path: Path, text: str) -> None:
    (row,) = rows(tmp_path, replace(result(text), events=(text,), warnings=(text,), tier=text))
    for name in ("submission", "events", "warnings", "tier"):
        assert row[name].startswith(("'", "\N{REPLACEMENT CHARACTER}"))


def test_a_name_with_every_sign_stays_one_cell(tmp_path: Path) -> None:
    name = 'a,"b"\nc;d'
    (row,) = rows(tmp_path, result(name))
    assert row["submission"] == name
    assert safe("Ada Lovelace") == "Ada Lovelace"
