"""Each course's run from the command to the PDF, in its quick form, on real digits that every machine has."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad.courses import course_names


@pytest.mark.parametrize("name", course_names())
def test_a_quick_run(name: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "handgrad",
        "course",
        "run",
        name,
        "--quick",
        "--data",
        "digits",
        "--json",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    folder = tmp_path / json.loads(done.stdout.splitlines()[-1])["run"]
    numbers = json.loads((folder / "numbers.json").read_text())
    assert numbers["seconds"] > 0
    text = (folder / "report.md").read_text()
    assert "digits, in MNIST's place" in text
    assert not re.search(r"\{\{|\{%|\bnan\b|\bNone\b", text)  # nothing that was not filled in
    html = (folder / "report.html").read_text()
    shown = re.findall(r"\]\(figures/([\w.-]+)\.svg\)", text)
    assert len(shown) >= 3
    assert html.count("<figure") == len(shown)
    assert {path.stem for path in (folder / "figures").glob("*.png")} == set(shown)
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
