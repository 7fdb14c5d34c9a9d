"""The answer: on one screen, with a case that can be worked out by hand."""

from pathlib import Path

from handgrad.checks import check_path
from tests.checks.mistakes import MISTAKES

DIVIDED = next(mistake for mistake in MISTAKES if mistake.name == "nn_fc_layer")


def test_the_whole_answer(tmp_path: Path) -> None:
    found = check_path(f"{DIVIDED.write(tmp_path)}:nn_fc_layer", "hw5")
    text = str(found)
    assert text.splitlines()[0] == "nn_fc_layer: recognised as linear; WRONG: dweight (8 cases tried)"
    assert "Cause: gradient-divided-by-batch (in dweight)" in text
    assert "dweight is divided by N, in every failing case" in text
    assert "Look at: nn_layers.py, line" in text
    assert "dLdW = dLdy.T @ flat / len(x)" in text
    assert "dweight expected = [[" in text
    assert "dweight got      = [[" in text
    assert "relative error" in text
    assert "docs/ops/linear.md" in text
    lines = text.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100


def test_json_has_what_is_promised(tmp_path: Path) -> None:
    values = check_path(f"{DIVIDED.write(tmp_path)}:nn_fc_layer", "hw5").as_json()
    assert values["ok"] is False
    (finding,) = values["findings"]
    assert {"operation", "what", "cause", "evidence", "case"} <= set(finding)
    assert (finding["operation"], finding["what"]) == ("linear", "dweight")
    assert finding["line"] > 90


def test_several_findings_are_all_told(tmp_path: Path) -> None:
    both = next(mistake for mistake in MISTAKES if mistake.new.startswith("return dLdx, dLdW / N"))
    text = str(check_path(f"{both.write(tmp_path)}:{both.name}", "hw5"))
    assert "\nAlso:\n- nn_convolutional_layer, dbias: gradient-divided-by-batch" in text


def test_every_page_that_answers_point_to_exists() -> None:
    from handgrad.checks.operations import OPERATIONS

    root = Path(__file__).parents[2]
    assert [one.document for one in OPERATIONS.values() if not (root / one.document).is_file()] == []
