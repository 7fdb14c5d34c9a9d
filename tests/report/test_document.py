import importlib.util
from pathlib import Path
from typing import Any

import pytest

from handgrad.errors import RunError
from handgrad.report import ReportError, check_renderers, write_report
from tests.report.sample import TEXT, TITLE, draw_figures


def test_one_text_three_files(tmp_path: Path) -> None:
    draw_figures(tmp_path)
    paths = write_report(TEXT, tmp_path, title=TITLE)
    assert [path.name for path in paths] == ["report.md", "report.html", "report.pdf"]
    assert paths[0].read_text() == TEXT
    assert paths[1].read_text().startswith("<!DOCTYPE html>")
    assert paths[2].read_bytes().startswith(b"%PDF-")
    first = [path.read_bytes() for path in paths]
    again = write_report(TEXT, tmp_path, title=TITLE, stem="again")
    assert [path.name for path in again] == ["again.md", "again.html", "again.pdf"]
    assert [path.read_bytes() for path in again] == first


def test_the_text_is_there_to_find_the_mistake_in(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.md, line 5: .*\\unheardof"):
        write_report("one\n\n$\\unheardof$", tmp_path, title="A title")
    assert (tmp_path / "report.md").read_text().splitlines()[4] == "$\\unheardof$"
    assert not (tmp_path / "report.html").exists()
    assert not (tmp_path / "report.pdf").exists()


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="a folder for the report"):
        write_report("text", tmp_path / "none", title="T")


def test_packages_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_renderers()
    find = importlib.util.find_spec

    def without(name: str, *arguments: Any) -> Any:
        return None if name in ("typst", "markdown_it") else find(name, *arguments)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    message = r"no markdown-it-py, no typst\. Hint: run pip install 'handgrad\[courses\]'"
    with pytest.raises(ReportError, match=message):
        check_renderers()
    with pytest.raises(ReportError, match=message):
        write_report("text", tmp_path, title="T")
    assert not list(tmp_path.iterdir())
