"""``handgrad course handout`` and ``handgrad course autograder``."""

from pathlib import Path

import pytest

from handgrad.cli import course_command
from handgrad.courses import course_names, find_course
from tests.cli.commands import handgrad

each = pytest.mark.parametrize("name", course_names())


@each
def test_a_handout(name: str, nowhere: Path) -> None:
    answer = handgrad("course", "handout", name, "mine")
    assert (answer.code, answer.err) == (0, "")
    files = [Path(line) for line in answer.out.splitlines()]
    assert sorted(files) == sorted(path for path in Path("mine").rglob("*") if path.is_file())
    assert {"README.md", "check_mine.py", "check_mine.json"} < {path.name for path in files}
    again = handgrad("course", "handout", name, "mine", "--json").json
    assert again == {
        "course": name,
        "open": list(find_course(name).open_functions()),
        "files": list(map(str, files)),
    }


def test_a_handout_leaves_what_is_begun_alone(nowhere: Path) -> None:
    handgrad("course", "handout", "thu", "mine")
    Path("mine", "functions.py").write_text("# begun\n")
    answer = handgrad("course", "handout", "thu", "mine")
    assert (answer.code, answer.out) == (1, "")
    assert "functions.py" in answer.err
    assert answer.err.count("\n") == 1
    assert Path("mine", "functions.py").read_text() == "# begun\n"


@each
def test_an_autograder(name: str, nowhere: Path) -> None:
    answer = handgrad("course", "autograder", name, "mine")
    assert (answer.code, answer.err) == (0, "")
    names = [Path(line).name for line in answer.out.splitlines()]
    assert names[:3] == ["setup.sh", "run_autograder", "README.md"]
    assert handgrad("course", "autograder", name, "mine", "--json").json["course"] == name


def test_the_rubric_of_the_course_goes_in_where_there_is_one(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("rubrics").mkdir()
    Path("rubrics", "thu.toml").write_text("name = 'thu'\n")
    monkeypatch.setattr(course_command, "RUBRICS", Path("rubrics"))
    handgrad("course", "autograder", "thu", "with")
    assert Path("with", "rubric.toml").read_text() == "name = 'thu'\n"
    handgrad("course", "autograder", "hw5", "without")
    assert not Path("without", "rubric.toml").exists()


def test_a_rubric_of_one_s_own(nowhere: Path) -> None:
    text = Path(course_command.RUBRICS, "hw5-functions.toml").read_text("utf-8")
    Path("mine.toml").write_text(text.replace("points = 6", "points = 7"))
    assert handgrad("course", "autograder", "hw5", "a", "--rubric", "mine.toml").code == 0
    assert "points = 7" in Path("a", "rubric.toml").read_text()
    answer = handgrad("course", "autograder", "hw5", "b", "--rubric", "none.toml")
    assert answer.code == 1
    assert "none.toml" in answer.err
    assert not Path("b").exists()
    answer = handgrad("course", "autograder", "thu", "c", "--rubric", "mine.toml")
    assert "--rubric: expected one of thu, got one of hw5" in answer.err
    Path("bad.toml").write_text(text.replace("points = 6", "pints = 6"))
    answer = handgrad("course", "autograder", "hw5", "c", "--rubric", "bad.toml")
    assert "did you mean 'points'" in answer.err
    assert not Path("c").exists()


@pytest.mark.parametrize("command", ["handout", "autograder"])
def test_mistakes(command: str, nowhere: Path) -> None:
    answer = handgrad("course", command, "tuh", "mine")
    assert answer.code == 1
    assert "did you mean thu" in answer.err
    Path("file").write_text("not a folder")
    answer = handgrad("course", command, "thu", "file")
    assert answer.code == 1
    assert answer.err.startswith("handgrad: file")
