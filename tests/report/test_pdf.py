import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from handgrad.report import ReportError
from handgrad.report.markdown import parse
from handgrad.report.pdf import to_pdf
from tests.report.sample import TEXT, TITLE, draw_figures


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    draw_figures(folder)
    return folder


def make(text: str, folder: Path) -> bytes:
    return to_pdf(parse(text, folder, title=TITLE, name="report.md"))


def test_pages_without_a_date_and_the_same_each_time(folder: Path) -> None:
    pdf = make(TEXT, folder)
    assert pdf.startswith(b"%PDF-")
    assert b"A &lt;sample&gt; &amp;" in pdf  # its title
    assert b"CreationDate" not in pdf
    assert re.search(rb"/MediaBox ?\[0 0 595\.\d+ 841\.\d+\]", pdf)  # A4
    assert make(TEXT, folder) == pdf
    assert make(TEXT + "\nmore\n", folder) != pdf


def test_long_texts_take_more_pages(folder: Path) -> None:
    rows = "".join(f"| {number} | b |\n" for number in range(200))
    one, many = (make(f"| a | b |\n|--|--|\n{part}", folder) for part in ("| 1 | 2 |\n", rows))
    assert one.count(b"/MediaBox") == 1
    assert many.count(b"/MediaBox") > 3


@pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext reads the PDF, where it is installed"
)
def test_what_is_on_the_pages(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(make(TEXT, folder))
    text = subprocess.run(
        ["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    for words in (
        TITLE,
        "<script>alert(1)</script>",
        "#panic() \\u{41}",
        "Figure 3: A bitmap.",
        "97.02%",
        "1/2",
    ):
        assert words in text
    assert "A chart" in text  # the letters of an SVG are letters


@pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext reads the PDF, where it is installed"
)
@pytest.mark.parametrize(("letters", "lines"), [(60, 1), (95, 1), (124, 1), (160, 2)])
def test_lines_of_listings_fit_the_page(folder: Path, tmp_path: Path, letters: int, lines: int) -> None:
    line = "word " * (letters // 5 - 1) + "x" * (letters - letters // 5 * 5 + 5)
    assert len(line) == letters
    (tmp_path / "a.pdf").write_bytes(make(f"```\n{line}\n```\n", folder))
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert sum("word" in each or "xx" in each for each in text.splitlines()) == lines


def test_a_formula_that_typst_does_not_know_is_named(folder: Path) -> None:
    with pytest.raises(
        ReportError, match=r"report\.md, line 3: .*\$\\phantom\{y\}\$: unknown variable: phantom"
    ):
        make("$x$\n\nand $\\phantom{y}$", folder)


def test_any_other_refusal_is_told_too(folder: Path) -> None:
    document = parse("![A.](figures/pictures.png)", folder, title="T", name="report.md")
    (folder / "figures" / "empty.png").write_bytes(b"")
    document.tokens[0].meta["source"] = "figures/empty.png"
    with pytest.raises(ReportError, match=r"report\.md: expected a text that can be set, got .*"):
        to_pdf(dataclasses.replace(document))
