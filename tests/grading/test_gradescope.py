"""results.json as Gradescope's autograder documentation describes it."""

import json
import math
from dataclasses import replace
from pathlib import Path

from handgrad.grading.gradescope import LONGEST, clean, gradescope_values, write_gradescope
from handgrad.grading.result import Item
from handgrad.grading.rubric_reading import find_rubric
from tests.grading.made_results import HOSTILE, result

RUBRIC = find_rubric("hw5")
TOP = {
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
    "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
}  # fmt: skip
TEST = {
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags",
    "visibility", "extra_data",
}  # fmt: skip
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def test_the_file_has_gradescope_s_keys_and_values(tmp_path: Path) -> None:
    write_gradescope(result(), RUBRIC, tmp_path / "results.json")
    values = json.loads((tmp_path / "results.json").read_text(encoding="ascii"))
    assert values.keys() <= TOP
    assert values["score"] == 21.0
    assert values["execution_time"] == 12
    assert values["visibility"] in VISIBILITIES
    assert values["stdout_visibility"] in VISIBILITIES
    assert values["output"] == (
        "An MNIST classifier with a convolutional network: 21 of 28 points.\n"
        "5 more points are given by hand.\nWhile it ran: it printed a gigabyte."
    )
    for number, test in enumerate(values["tests"], 1):
        assert test.keys() <= TEST
        assert test["number"] == str(number)
        assert test["visibility"] in VISIBILITIES
        assert test["output_format"] in FORMATS
        assert test.get("status", "passed") in {"passed", "failed"}
        assert all(isinstance(tag, str) for tag in test["tags"])


def test_each_item_is_a_test_with_its_reason() -> None:
    total, fc, pool, leak, report = gradescope_values(result(), RUBRIC)["tests"]
    assert (total["score"], total["max_score"], total["status"]) == (20, 20, "passed")
    assert (fc["score"], fc["max_score"], fc["status"]) == (3, 4, "failed")
    assert fc["output"] == (
        "3 of 4 results are right. dx: it is <b>.\n- forward: right\n"
        "- dx: gradient-divided-by-batch: dx is divided by N\n\n"
        "nn_fc_layer: WRONG: dx\n  x = [[1, 2]] <i>\nRead on: docs/ops/linear.md"
    )
    assert fc["tags"] == ["partly", "gradient-divided-by-batch"]
    assert (pool["score"], pool["tags"][0]) == (0, "open")
    assert (leak["score"], leak["visibility"]) == (-2, "hidden")
    assert "score" not in report
    assert "status" not in report


def test_the_leaderboard_has_the_accuracy_where_there_is_one() -> None:
    assert gradescope_values(result(), RUBRIC)["leaderboard"] == [
        {"name": "Test accuracy (%)", "value": 93.0, "order": "desc"},
        {"name": "Seconds", "value": 12.5, "order": "asc"},
    ]
    assert gradescope_values(result(accuracy=None), RUBRIC)["leaderboard"] == []


def test_what_a_student_writes_stays_plain_text(tmp_path: Path) -> None:
    item = Item("a", HOSTILE, 0.0, 1.0, "failed", HOSTILE * 5000, cause=HOSTILE, detail=HOSTILE)
    write_gradescope(replace(result(HOSTILE, items=(item,)), events=(HOSTILE,)), RUBRIC, tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text(encoding="ascii")
    assert "\\ud800" not in text
    (test,) = json.loads(text)["tests"]
    assert test["output_format"] == test["name_format"] == "text"
    assert len(test["output"]) < LONGEST + 100
    assert test["output"].endswith(" more characters")


def test_what_cannot_be_seen_is_replaced() -> None:
    assert clean("a\tb\nc 李 \u3000 é") == "a\tb\nc 李 \u3000 é"
    assert clean("\x1b[2J \u202e \x7f") == "\ufffd[2J \ufffd \ufffd"


def test_no_number_is_infinite() -> None:
    values = gradescope_values(result(), RUBRIC)
    assert all(math.isfinite(test["score"]) for test in values["tests"] if "score" in test)
