"""A class: kept results, changes, an interrupt, and submissions that end the process of their job."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from handgrad.errors import RunError
from handgrad.grading import class_run
from handgrad.grading.class_run import Graded, grade_class, secret_of
from handgrad.grading.one import Grader, Settings
from handgrad.grading.result import Result
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.submissions import find_submissions
from tests.grading.submitting import harmless_tier, write

RUBRIC = find_rubric("hw5-functions")
SETTINGS = Settings(replace(RUBRIC, rules=RUBRIC.rules[2:5:2]), harmless_tier(), "secret")


def run(
    folder: Path, *, jobs: int = 2, settings: Settings = SETTINGS
) -> tuple[list[Result], dict[str, bool]]:
    """Results, and of each submission whether it was kept from before."""
    told: dict[str, bool] = {}

    def tell(graded: Graded) -> None:
        told[graded.result.submission] = graded.kept

    submissions = find_submissions([folder / "class"], "hw5")
    return grade_class(submissions, settings, folder / "grades", jobs, tell), told


@pytest.fixture
def group(tmp_path: Path) -> Path:
    (tmp_path / "class").mkdir()
    write(tmp_path / "class" / "ann")
    write(tmp_path / "class" / "bob", backward="dLdy = 2 * dLdy")
    write(tmp_path / "class" / "carl", forward="while True: pass")
    return tmp_path


def test_each_gets_its_own(group: Path) -> None:
    settings = replace(
        SETTINGS, rubric=replace(SETTINGS.rubric, limits=replace(RUBRIC.limits, call_seconds=2))
    )
    results, told = run(group, settings=settings)
    assert [result.submission for result in results] == ["ann", "bob", "carl"]
    assert [result.points for result in results] == [3, 2, 1]
    assert set(told.values()) == {False}
    assert "did not come back within 2 seconds" in results[2].events[0]


def test_a_second_run_reads_what_is_there_and_grades_what_changed(group: Path) -> None:
    (group / "class" / "carl" / "nn_layers.py").unlink()
    (group / "class" / "carl").rmdir()
    first, _ = run(group)
    again, told = run(group)
    assert again == first
    assert told == {"ann": True, "bob": True}
    write(group / "class" / "bob")
    changed, told = run(group)
    assert told == {"ann": True, "bob": False}
    assert changed[1].points == 3
    other = replace(SETTINGS, secret="another")
    assert run(group, settings=other)[1] == {"ann": False, "bob": False}
    kept = group / "grades" / "results" / "ann.json"
    kept.write_text("{damaged", encoding="utf-8")
    assert run(group, settings=other)[1] == {"ann": False, "bob": True}


def test_an_interrupted_run_goes_on(group: Path) -> None:
    submissions = find_submissions([group / "class"], "hw5")[:2]

    def interrupt(graded: Graded) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_class(submissions, SETTINGS, group / "grades", 1, interrupt)
    told: list[bool] = []
    results = grade_class(submissions, SETTINGS, group / "grades", 1, lambda one: told.append(one.kept))
    assert told[0] is True
    assert [result.points for result in results] == [3, 2]


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "grades"
    first = secret_of(folder)
    assert len(first) == 32
    assert secret_of(folder) == first
    assert (folder / class_run.SECRET).stat().st_mode & 0o077 == 0
    assert secret_of(tmp_path / "other") != first


def test_a_secret_is_never_empty(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(secret_of, [tmp_path / "grades"] * 40))
    assert len(found) == 1
    assert [path.name for path in (tmp_path / "grades").iterdir()] == [class_run.SECRET]
    (tmp_path / "grades" / class_run.SECRET).write_text("", encoding="utf-8")
    with pytest.raises(RunError, match="got an empty file"):
        secret_of(tmp_path / "grades")


@pytest.mark.parametrize("name", ["x" * 250, "new\nline", "<script>", "caf\udce9"])
def test_a_submission_may_have_any_name(group: Path, name: str) -> None:
    write(group / "class" / name)
    submissions = [one for one in find_submissions([group / "class"], "hw5") if one.name == name]
    for kept in (False, True):
        found: list[Graded] = []
        grade_class(submissions, SETTINGS, group / "grades", 1, found.append)
        assert [(one.result.submission, one.result.points, one.kept) for one in found] == [(name, 3, kept)]


def test_one_that_ends_the_process_of_its_job_is_told_with_no_points() -> None:
    submission = find_submissions([Path(__file__).parent], "hw5")[0]
    graded = class_run._lost(SETTINGS, submission)
    assert graded.result.points == 0
    assert "ended" in graded.result.events[0]
    assert all("Not told" in item.reason for item in graded.result.items)
    assert json.dumps(graded.result.as_json())


@pytest.mark.parametrize("step", ["fingerprint", "grade"])
def test_a_failure_of_the_grader_ends_no_class(
    group: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(self: Grader, submission: object) -> Result:
        raise LookupError("a case that nobody thought of")

    monkeypatch.setattr(Grader, step, fail)
    submission = find_submissions([group / "class"], "hw5")[0]
    graded = class_run._graded(Grader(SETTINGS), group, submission)
    assert graded.result.points == 0
    assert "a case that nobody thought of" in graded.result.events[0]
    assert not (group / "ann.json").exists()  # it is tried again the next time
