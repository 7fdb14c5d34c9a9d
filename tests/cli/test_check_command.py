"""``handgrad check``: on one screen or as JSON, without a traceback for any mistake."""

from pathlib import Path

import pytest

from tests.checks.mistakes import CODES, MISTAKES
from tests.cli.commands import handgrad

FLIPPED = next(mistake for mistake in MISTAKES if mistake.cause == "kernel-flipped")


def test_right_code_leaves_with_0() -> None:
    answer = handgrad("check", f"{CODES / 'plain.py'}:Tanh")
    assert answer.code == 0
    assert answer.out == "Tanh: recognised as tanh; right in 5 cases (forward, dx)\n"
    assert answer.err == ""


def test_wrong_code_leaves_with_1_and_says_why(tmp_path: Path) -> None:
    answer = handgrad("check", f"{FLIPPED.write(tmp_path)}:{FLIPPED.name}", "--course", "hw5")
    assert answer.code == 1
    assert "Cause: kernel-flipped (in forward)" in answer.out
    assert "a true convolution" in answer.out


def test_json_is_one_object_on_the_last_line(tmp_path: Path) -> None:
    answer = handgrad("check", f"{FLIPPED.write(tmp_path)}:{FLIPPED.name}", "--course", "hw5", "--json")
    assert answer.code == 1
    assert len(answer.out.splitlines()) == 1
    assert answer.json["ok"] is False
    assert answer.json["findings"][0]["cause"] == "kernel-flipped"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nothing.py"], 1, "no such file"),
        (["nothing.py:Conv"], 1, "no such file"),
        ([str(CODES / "plain.py:Tahn")], 1, "did you mean Tanh"),
        ([str(CODES / "plain.py"), "--course", "hw4"], 1, "hw4"),
        ([str(CODES)], 1, "a course, for a folder"),
        ([str(CODES / "plain.py"), "--timeout", "0"], 1, "above 0"),
        ([str(CODES / "plain.py"), "--timeout", "soon"], 2, "soon"),
        ([], 2, "PATH"),
    ],
)
def test_mistakes_are_told_in_a_sentence(arguments: list[str], code: int, says: str) -> None:
    answer = handgrad("check", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_what_is_not_recognised_gets_four_lines_to_write(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("class Thing:\n    def run(self, x):\n        return x\n")
    answer = handgrad("check", tmp_path / "mine.py:Thing")
    assert answer.code == 1
    assert "\ndef conv2d_forward(x, weight, bias, stride, padding): return mine.Thing" in answer.err
    assert answer.err.splitlines()[-1].startswith("handgrad: Thing: expected an operation")
