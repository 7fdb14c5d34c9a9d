"""Right code is called right; each mistake made in it on purpose is called by its name."""

from pathlib import Path

import pytest

from handgrad.checks import check_path
from tests.checks.mistakes import CODES, COURSES, MISTAKES, Mistake


@pytest.mark.parametrize(("file", "course"), COURSES.items())
@pytest.mark.parametrize("told", [True, False])
def test_right_code_in_the_style_of_each_course_is_called_right(file: str, course: str, told: bool) -> None:
    found = check_path(str(CODES / f"{file}.py"), course if told else "")
    assert found.ok, str(found)
    assert len(found.pieces) >= 4


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_called_by_its_name(mistake: Mistake, tmp_path: Path) -> None:
    file = mistake.write(tmp_path)
    found = check_path(f"{file}:{mistake.name}", COURSES[mistake.file])
    assert [finding.cause for finding in found.findings][:1] == [mistake.cause], str(found)
    first = found.findings[0]
    assert first.evidence
    assert first.case
    assert len(str(found).splitlines()) < 60


def test_every_cause_is_made_once_at_least() -> None:
    assert len({mistake.cause for mistake in MISTAKES}) >= 34
