"""docs/grading.md: its annotated rubric is one, and its table has the points of the shipped ones."""

import re
from pathlib import Path

import pytest

from handgrad.grading.rubric import CheckRule, HandRule, PenaltyRule, TrainingRule
from handgrad.grading.rubric_reading import find_rubric, parse_rubric, rubric_names

TEXT = (Path(__file__).parents[2] / "docs" / "grading.md").read_text(encoding="utf-8")


def test_the_annotated_rubric_is_a_rubric_with_every_kind_of_line() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    rubric = parse_rubric(example, "docs/grading.md")
    assert [type(rule) for rule in rubric.rules] == [CheckRule, TrainingRule, PenaltyRule, HandRule]
    defaults = find_rubric("hw5").limits
    assert rubric.limits == defaults  # as the comment says


@pytest.mark.parametrize("name", rubric_names())
def test_the_table_has_the_rubric_s_points(name: str) -> None:
    rubric = find_rubric(name)
    (row,) = re.findall(rf"^\| `{name}` \| (\d+)[^|]*\| *(\d*) *\|", TEXT, re.MULTILINE)
    by_hand = sum(rule.points for rule in rubric.by_hand)
    assert (float(row[0]), float(row[1] or 0)) == (rubric.possible, by_hand)


@pytest.mark.parametrize("name", rubric_names())
def test_every_page_to_read_on_is_there(name: str) -> None:
    from handgrad.checks.operations import OPERATIONS

    for key in find_rubric(name).pieces:
        assert (Path(__file__).parents[2] / OPERATIONS[key.rpartition(":")[2]].document).is_file()
