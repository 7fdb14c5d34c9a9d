"""The recorded runs of the courses: their texts are what the templates make of their numbers."""

import json
import re
from pathlib import Path

import pytest

from handgrad.courses import course_names, find_course
from handgrad.courses.study import report_text

RECORDS = Path(__file__).parents[2] / "docs" / "results"


@pytest.mark.parametrize("name", course_names())
def test_the_report_is_made_of_the_numbers(name: str) -> None:
    folder = RECORDS / name
    text = (folder / "report.md").read_text()
    assert text == report_text(find_course(name), folder), "python benchmarks/courses.py --texts"
    shown = set(re.findall(r"\]\(figures/([\w.-]+\.svg)\)", text))
    assert shown == {path.name for path in (folder / "figures").iterdir()}
    facts = json.loads((folder / "run.json").read_text())
    assert not facts["quick"]
    assert {"commit", "cpu", "started", "checksums", "data"} <= facts.keys()
