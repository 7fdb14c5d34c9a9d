"""Rubrics are read with every key looked at, and a mistake is told in a sentence."""

from pathlib import Path

import pytest

from handgrad.errors import RubricError
from handgrad.grading.rubric_reading import find_rubric, parse_rubric, rubric_names, rubric_text

HEAD = 'name = "mine"\ncourse = "hw5"\ntitle = "Mine"\n'
CHECK = (
    '[[item]]\nkind = "check"\nname = "fc"\ntitle = "FC"\npoints = 2\npieces = ["nn_layers:nn_fc_layer"]\n'
)
TRAINING = '[[item]]\nkind = "training"\nname = "t"\ntitle = "T"\nnetwork = "classifier"\n'
BANDS = "bands = [{ least = 0.5, points = 3 }]\n"
FULL = HEAD + CHECK


def test_shipped_rubrics_are_read() -> None:
    assert rubric_names() == ["cmu10601", "cs5242", "hw5", "hw5-functions", "project3", "thu"]
    for name in rubric_names():
        rubric = find_rubric(name)
        assert rubric.name == name
        assert rubric.source


def test_a_copy_that_is_changed(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(rubric_text("hw5").replace("points = 20", "points = 30"))
    assert find_rubric(str(copy)).possible == 30


def test_defaults() -> None:
    rubric = parse_rubric(FULL, "mine.toml")
    (rule,) = rubric.checks
    assert (rule.what, rule.visibility, rule.points) == ([], "visible", 2)
    assert (rubric.imports.allowed, rubric.imports.void, rubric.limits.call_seconds) == ([], True, 10)
    assert rubric.pieces == ("nn_layers:nn_fc_layer:linear",)


def test_other_limits_and_visibility() -> None:
    text = HEAD + "[limits]\nmemory_mib = 512\ncall_seconds = 5\n" + CHECK + 'visibility = "hidden"\n'
    rubric = parse_rubric(text, "mine.toml")
    assert (rubric.limits.memory_mib, rubric.limits.call_seconds) == (512, 5)
    assert rubric.rules[0].visibility == "hidden"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "mine.toml: expected TOML, got"),
        (FULL + "colour = 3", "item 1, 'fc': expected one of name, title"),
        ("colour = 3\n" + FULL, "mine.toml: expected one of name, course"),
        (HEAD, "expected item, got none"),
        ('course = "hw5"\ntitle = "A"\n' + CHECK, "expected name, got none"),
        ("item = []\n" + HEAD, "mine.toml: item: expected tables"),
        ("item = 3\n" + HEAD, "mine.toml: item: expected tables"),
        ("title = 3\n" + FULL.replace('title = "Mine"\n', ""), "mine.toml: title: expected a text"),
        (FULL.replace('"mine"', '"a b"'), "mine.toml: name: expected letters, digits, - and _, got 'a b'"),
        (FULL.replace('"fc"', '"=f()"'), "mine.toml: item 1, '=f()': name: expected letters"),
        (FULL.replace("hw5", "hw6"), "mine.toml: course: expected one of hw5,"),
        (FULL.replace('"check"', '"chck"'), "item 1: kind: expected one of check, training"),
        (
            FULL.replace('kind = "check"\n', ""),
            "item 1: kind: expected one of check, training, test set, by hand, got none",
        ),
        (FULL.replace("points = 2", 'points = "2"'), "item 1, 'fc': points: expected a number, got '2'"),
        (
            FULL.replace("points = 2", "points = -2"),
            "item 1, 'fc': points: expected a number of at least 0, got -2",
        ),
        (FULL.replace("points = 2", "points = nan"), "item 1, 'fc': points: expected a number, got nan"),
        (FULL.replace("points = 2\n", ""), "item 1, 'fc': expected points, got none"),
        (FULL.replace("pnts", "").replace("points", "pionts"), "did you mean 'points'"),
        (FULL + FULL.removeprefix(HEAD), "item 2: name: expected a name of its own, got 'fc' again"),
        (FULL.replace('"fc"', '"points"'), "item 1: name: expected a name of its own"),
        (FULL.replace("nn_fc_layer", "nn_fc_layr"), "did you mean 'nn_layers:nn_fc_layer'"),
        (FULL.replace('["nn_layers:nn_fc_layer"]', "[]"), "pieces: expected at least one piece"),
        (FULL.replace('["nn_layers:nn_fc_layer"]', "[3]"), "pieces: expected a list of texts in quotes"),
        (FULL + 'visibility = "never"', "visibility: expected one of visible, hidden"),
        (HEAD + "[limits]\nmemory_mib = 0\n" + CHECK, "limits: memory_mib: expected a number above 0, got 0"),
        (HEAD + "[limits]\nmemory = 3\n" + CHECK, "mine.toml: limits: expected one of call_seconds"),
        ("imports = 3\n" + FULL, "mine.toml: imports: expected a table, got 3"),
        (HEAD + TRAINING + BANDS, "item 1, 't': expected either epochs or iterations, got neither"),
        (HEAD + TRAINING + BANDS + "epochs = 1\niterations = 2", "either epochs or iterations, got both"),
        (HEAD + TRAINING + "epochs = 1", "expected either bands or par, got neither"),
        (
            HEAD + TRAINING + BANDS + "epochs = 1\npar = { accuracy = 0.9, points = 1 }",
            "bands or par, got both",
        ),
        (HEAD + TRAINING + BANDS + "epochs = -1", "epochs: expected a number above 0, got -1"),
        (HEAD + TRAINING + BANDS + "epochs = 1\nseconds = 0", "seconds: expected a number above 0, got 0"),
        (HEAD + TRAINING + "epochs = 1\nbands = []", "bands: expected a list of tables"),
        (HEAD + TRAINING + "epochs = 1\nbands = [3]", "bands, 1: expected a table, got 3"),
        (
            HEAD + TRAINING + "epochs = 1\nbands = [{ points = 3 }]",
            "expected either above or least, got neither",
        ),
        (
            HEAD + TRAINING + "epochs = 1\nbands = [{ points = 3, least = 80 }]",
            "expected accuracies from 1 down",
        ),
        (
            HEAD
            + TRAINING
            + "epochs = 1\nbands = [{ least = 0.1, points = 3 }, { above = 0.5, points = 4 }]",
            "expected accuracies from 1 down to 0, the best first, got 0.1, 0.5",
        ),
        (HEAD + TRAINING + "epochs = 1\npar = { accuracy = 0.9 }", "par: expected points, got none"),
        (
            HEAD + TRAINING + "epochs = 1\npar = { accuracy = 0.5, points = 1, lowest = 0.9 }",
            "par: expected 0 ≤",
        ),
    ],
)
def test_a_mistake_is_told_with_file_and_key(text: str, words: str) -> None:
    with pytest.raises(RubricError) as caught:
        parse_rubric(text, "mine.toml")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hw55", "did you mean hw5"),
        ("none.toml", "got no file none.toml"),
        ("zzz", "expected one of cmu10601"),
    ],
)
def test_a_rubric_that_is_not_there(name: str, words: str) -> None:
    with pytest.raises(RubricError, match=words):
        find_rubric(name)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RubricError, match="a readable text file"):
        find_rubric(str(tmp_path / "a.toml"))
