"""A check in a process of its own: loops, exits, exceptions, and files that are no good."""

import os
from pathlib import Path

import pytest

from handgrad.checks import check_in_child
from handgrad.errors import ArgumentError, DataError

RELU = """
import os, sys
import numpy as np

class ReLU:
    def forward(self, x):
        {forward}
        return np.maximum(x, 0)

    def backward(self, dy):
        {backward}
        return dy
"""


def write(folder: Path, forward: str = "self.x = x", backward: str = "dy = dy * (self.x > 0)") -> Path:
    file = folder / "mine.py"
    file.write_text(RELU.format(forward=forward, backward=backward), encoding="utf-8")
    return file


def test_right_code(tmp_path: Path) -> None:
    answer = check_in_child(f"{write(tmp_path)}:ReLU")
    assert answer.ok
    assert answer.json == {
        "ok": True,
        "findings": [],
        "checked": [{"piece": "ReLU", "operation": "relu", "cases": 5}],
        "notes": [],
    }
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.py"]  # no cache of byte code is left


def test_a_loop_without_an_end_is_told_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, backward="while True: pass")
    answer = check_in_child(f"{file}:ReLU", timeout=4)
    (finding,) = answer.json["findings"]
    assert (finding["cause"], finding["operation"], finding["line"]) == ("endless-loop", "relu", 11)
    assert "within 4 seconds" in answer.text
    assert "mine.py, line 11: while True: pass" in answer.text


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_code_that_ends_the_process(tmp_path: Path, how: str) -> None:
    answer = check_in_child(f"{write(tmp_path, forward=how)}:ReLU")
    assert [finding["cause"] for finding in answer.json["findings"]] == ["process-ended"]
    assert "ReLU as relu" in answer.text


@pytest.mark.parametrize(
    ("how", "says"), [("sys.exit(0)", "SystemExit"), ("x.no_such_thing", "no_such_thing")]
)
def test_code_that_raises_is_told_with_its_line_and_case(tmp_path: Path, how: str, says: str) -> None:
    answer = check_in_child(f"{write(tmp_path, forward=how)}:ReLU")
    finding = answer.json["findings"][0]
    assert (finding["cause"], finding["what"], finding["line"]) == ("raises", "forward", 7)
    assert says in finding["evidence"]
    assert "one row: x (1, 4)" in finding["case"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("missing.py", None, "no such file"),
        ("mine.py", "def broken(:", "line 1"),
        ("mine.py", "import numpy as np\nnp.no_such_name", r"AttributeError.*line 2, 'np.no_such_name'"),
        ("mine.py", "import no_such_package", "ModuleNotFoundError"),
        ("mine.py", "x = 3", "recognised"),
        ("mine.txt", "x = 3", "another kind of file"),
    ],
)
def test_files_that_are_no_good(tmp_path: Path, name: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        check_in_child(str(tmp_path / name))


def test_names_and_folders_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean ReLU"):
        check_in_child(f"{write(tmp_path)}:RelU")
    with pytest.raises(ArgumentError, match="a course, for a folder"):
        check_in_child(str(tmp_path))
    with pytest.raises(DataError, match=r"nn_layers.py, hw5.py"):
        check_in_child(str(tmp_path), "hw5")
    with pytest.raises(ArgumentError, match="above 0"):
        check_in_child(str(tmp_path), timeout=0)


def test_a_folder_of_a_course_whose_modules_import_each_other(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(
        "from tools import rectified\n\n"
        "class Relu:\n"
        "    def __init__(self, name):\n"
        "        pass\n"
        "    def forward(self, input):\n"
        "        self.x = input\n"
        "        return rectified(input)\n"
        "    def backward(self, grad_output):\n"
        "        return grad_output * (self.x > 0)\n"
    )
    (tmp_path / "tools.py").write_text("def rectified(x):\n    return x * (x > 0)\n")
    answer = check_in_child(str(tmp_path), "thu")
    assert answer.ok
    assert answer.json["checked"] == [{"piece": "Relu", "operation": "relu", "cases": 5}]
    assert any("functions.py is not there" in note for note in answer.json["notes"])
    assert any("Sigmoid" in note for note in answer.json["notes"])


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_what_the_child_started_does_not_survive_it(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    forward = (
        f"import subprocess; open({str(mark)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))\n"
        "        while True: pass"
    )
    check_in_child(f"{write(tmp_path, forward=forward)}:ReLU", timeout=4)
    status = Path(f"/proc/{mark.read_text()}/status")
    assert not status.exists() or "zombie" in status.read_text()
