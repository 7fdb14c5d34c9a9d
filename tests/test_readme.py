"""The README's claims that a machine can hold against what they come from."""

import re
from pathlib import Path

from benchmarks import courses, results, speed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_results_is_that_of_the_records() -> None:
    shown = README.partition("<!-- results -->")[2].partition("<!-- /results -->")[0].strip()
    assert shown == results.table()
    assert shown.count("\n") >= 2  # a heading, a line, and at least one record


def test_the_table_of_courses_is_that_of_the_records() -> None:
    shown = README.partition("<!-- courses -->")[2].partition("<!-- /courses -->")[0].strip()
    assert shown == courses.table()
    assert shown.count("\n") == 1 + len(courses.ROWS)


def test_the_table_of_speed_is_that_of_the_record() -> None:
    shown = README.partition("<!-- speed -->")[2].partition("<!-- /speed -->")[0].strip()
    assert shown == speed.table()


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)", README)
    assert len(targets) > 5
    assert [target for target in targets if "//" not in target and not (ROOT / target).exists()] == []
