"""Whole submissions: handouts as handed out, right ones, and what stands in their way."""

from dataclasses import replace
from pathlib import Path

import pytest

from handgrad.checks import STYLES, check_path
from handgrad.courses import course_names, find_course
from handgrad.grading.one import Grader, Settings, given_files, training_rule
from handgrad.grading.outcome import CheckOutcome
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric import Rubric, TrainingRule, piece_key
from handgrad.grading.rubric_reading import find_rubric, rubric_names
from handgrad.grading.scoring import score
from handgrad.grading.submissions import Submission
from tests.courses.solutions import filled
from tests.grading.submitting import harmless_tier

RUBRICS = [name for name in rubric_names() if find_rubric(name).checks]


def without_training(rubric: Rubric) -> Rubric:
    return replace(rubric, rules=tuple(one for one in rubric.rules if not isinstance(one, TrainingRule)))


def graded(rubric: Rubric, folder: Path) -> Result:
    settings = Settings(rubric, harmless_tier(), "a secret", None, given_files(rubric.course))
    return Grader(settings).grade(Submission("someone", folder))


def counted(result: Result) -> list[Item]:
    return [item for item in result.items if item.possible and item.status != "by hand"]


@pytest.mark.parametrize("name", RUBRICS)
def test_a_handout_as_handed_out_gets_nothing_and_reads_why(tmp_path: Path, name: str) -> None:
    rubric = find_rubric(name)
    find_course(rubric.course).handout(tmp_path)
    result = graded(rubric, tmp_path)
    assert result.points == 0
    assert result.events == ()
    for item in counted(result):
        if item.name in {rule.name for rule in rubric.checks}:
            assert (item.status, item.reason) == ("open", "Still open: it returns zeros, as handed out.")


@pytest.mark.parametrize("name", RUBRICS)
def test_a_handout_with_right_bodies_gets_full_marks(tmp_path: Path, name: str) -> None:
    rubric = without_training(find_rubric(name))
    filled(rubric.course, tmp_path)
    result = graded(rubric, tmp_path)
    assert {item.name: item.reason for item in counted(result) if item.points != item.possible} == {}
    assert result.points == result.possible == rubric.possible
    assert [item.name for item in result.items if item.status in ("failed", "partly", "not run")] == []


@pytest.mark.parametrize("course", course_names())
def test_the_reference_modules_get_full_marks(course: str) -> None:
    """They import handgrad, so they run here: what is held is that no check and no rubric wrongs them."""
    rubric = without_training(find_rubric(course))
    checks = {}
    for key in rubric.pieces:
        module, name, operation = key.split(":")
        file = find_course(course).folder / f"{module}.py"
        for piece in check_path(f"{file}:{name}", course).pieces:
            if piece.operation == operation:
                checks[key] = CheckOutcome("checked", piece)
    items = score(rubric, checks, {})
    counted = [item for item in items if item.status != "by hand"]
    assert {item.name: item.reason for item in counted if item.points != item.possible} == {}
    assert sum(item.points for item in items) == rubric.possible


def test_a_mistake_costs_its_part_and_is_explained(tmp_path: Path) -> None:
    filled("hw5", tmp_path)
    file = tmp_path / "nn_layers.py"
    text = file.read_text(encoding="utf-8")
    assert "dLdy * (x > 0)" in text
    file.write_text(text.replace("dLdy * (x > 0)", "dLdy * (dLdy > 0)"), encoding="utf-8")
    result = graded(find_rubric("hw5-functions"), tmp_path)
    items = {item.name: item for item in result.items}
    assert items["activation"].points == 0.5 * items["activation"].possible
    assert items["activation"].cause == "relu-mask-from-gradient"
    assert "line " in items["activation"].reason
    assert "nn_layers.py" in items["activation"].reason
    assert "First failing case" in items["activation"].detail
    assert items["convolution"].points == items["convolution"].possible


def test_a_constant_answer_earns_nothing(tmp_path: Path) -> None:
    filled("hw5", tmp_path)
    file = tmp_path / "nn_layers.py"
    text = file.read_text(encoding="utf-8").replace("return np.maximum(x, 0)", "return 3 * x")
    file.write_text(text.replace("dLdy * (x > 0)", "3 * dLdy"), encoding="utf-8")
    items = {item.name: item for item in graded(find_rubric("hw5-functions"), tmp_path).items}
    assert items["activation"].points == 0
    reasons = {part.name: part.reason for part in items["activation"].parts}
    assert reasons["dx"] == "it is the gradient of this forward pass, which is not the operation's"


def test_handgrad_itself_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "nn_layers.py").write_text("from handgrad.courses.hw5.nn_layers import *\n", encoding="utf-8")
    result = graded(find_rubric("hw5-functions"), tmp_path)
    assert result.points == 0
    assert result.items[0].name == "imports"
    assert "handgrad" in result.items[0].reason


def test_what_a_course_does_not_allow_fails_at_import_too(tmp_path: Path) -> None:
    filled("cs5242", tmp_path)
    file = tmp_path / "layers.py"
    hidden = 'globals()["tor" + "ch"] = __import__("tor" + "ch")\n'
    file.write_text(file.read_text(encoding="utf-8") + hidden, encoding="utf-8")
    result = graded(without_training(find_rubric("cs5242")), tmp_path)
    layers = [item for item in result.items if "layers.py cannot be imported" in item.reason]
    assert "do not allow 'torch'" in layers[0].reason


def test_a_submission_that_cannot_be_read_gets_a_result_too(tmp_path: Path) -> None:
    file = tmp_path / "broken.zip"
    file.write_bytes(b"no archive")
    result = graded(find_rubric("hw5"), file)
    assert result.points == 0
    assert "could not be read" in result.events[0]


def test_missing_files_are_named(tmp_path: Path) -> None:
    filled("hw5", tmp_path)
    (tmp_path / "hw5.py").write_text("print('no classifier')\n", encoding="utf-8")
    items = {item.name: item for item in graded(find_rubric("hw5-functions"), tmp_path).items}
    assert items["classifier"].reason == "hw5.py has no nn_mnist_classifier."
    assert items["fc"].status == "passed"


def test_rules_of_rubrics_are_rules_of_trainings() -> None:
    for name in rubric_names():
        for line in find_rubric(name).trainings:
            rule = training_rule(line)
            assert (rule.epochs, rule.iterations) == (line.epochs, line.iterations)
            if line.rate is not None:
                assert line.rate in rule.settings.values()


def test_every_piece_of_a_course_has_a_key_of_its_own() -> None:
    for course in course_names():
        rubric = find_rubric(course)
        keys = [piece_key(one) for one in STYLES[course].interfaces]
        assert len(keys) == len(set(keys))
        assert set(rubric.pieces) <= set(keys)


def test_a_module_under_another_name_is_not_called_open(tmp_path: Path) -> None:
    filled("hw5", tmp_path)
    (tmp_path / "nn_layers.py").rename(tmp_path / "layers_final.py")
    result = graded(find_rubric("hw5-functions"), tmp_path)
    (event,) = result.events
    assert event.startswith("there is no nn_layers.py; its Python files: ")
    assert "layers_final.py" in event
    assert {item.reason for item in result.items[:6]} == {"There is no nn_layers.py."}
    assert "No module named 'nn_layers'" in result.items[6].reason


def test_what_cannot_be_read_says_so_in_every_line(tmp_path: Path) -> None:
    (tmp_path / "hw5.ipynb").write_text("{}", encoding="utf-8")
    result = graded(find_rubric("hw5"), tmp_path)
    (reason,) = {item.reason for item in result.items}
    assert reason.startswith("Not told: it could not be read: ")
    assert reason.endswith("got a notebook, hw5.ipynb.")


def test_what_a_person_marks_can_still_be_marked(tmp_path: Path) -> None:
    (tmp_path / "Project3.ipynb").write_text("{}", encoding="utf-8")
    result = graded(find_rubric("project3"), tmp_path)
    told = {item.name: item.reason for item in result.items}
    assert told["jacobians"].startswith("To be marked by hand")
    assert told["mlp-test-set"] == "The source shows no training on test images."
    assert told["gradients"].startswith("Not told")


@pytest.mark.parametrize(
    "start", [b"\xef\xbb\xbfimport torch\n", b"# coding: utf-7\n#+AAo-import torch\n", b"import torch\r"]
)
def test_no_encoding_hides_an_import(tmp_path: Path, start: bytes) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "layers.py").write_bytes(start + b"x = 1\n")
    first = graded(without_training(find_rubric("cs5242")), folder).items[0]
    assert (first.name, "forbids torch" in first.reason) == ("imports", True)
