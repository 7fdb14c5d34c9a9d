from pathlib import Path

import pytest

from handgrad.report import ReportError
from handgrad.report.markdown import Document, parse, with_title


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "figures").mkdir()
    for name in ("a.svg", "b c.svg"):
        (tmp_path / "figures" / name).write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    return tmp_path


def read(text: str, folder: Path) -> Document:
    return parse(text, folder, title="The title", name="report.md")


def test_headings_begin_below_the_title_and_have_names(folder: Path) -> None:
    document = read("# The title\n\n# One & two\n\n### Three\n\n# One & two\n\n# ???", folder)
    heads = [(token.tag, token.attrs["id"]) for token in document.tokens if token.type == "heading_open"]
    assert heads == [("h2", "one--two"), ("h4", "three"), ("h2", "one--two-1"), ("h2", "section")]
    lower = read("## One\n\n### Two", folder)
    assert [token.tag for token in lower.tokens if token.type == "heading_open"] == ["h2", "h3"]


def test_the_title_is_put_above_where_it_is_not_there_yet() -> None:
    assert with_title("text", "A title") == "# A title\n\ntext\n"
    assert with_title("\n# A title\n\ntext\n\n", "A title") == "# A title\n\ntext\n"
    assert with_title("# Another\n", "A title") == "# A title\n\n# Another\n"


def test_figures_are_numbered_in_order(folder: Path) -> None:
    text = "![First, $x$.](figures/a.svg)\n\ntext\n\n![Second.](figures/b%20c.svg)\n"
    text += "![Third.](figures/a.svg)\n\n> ![4.](figures/a.svg)\n"
    figures = [token for token in read(text, folder).tokens if token.type == "figure"]
    assert [token.meta["number"] for token in figures] == [1, 2, 3, 4]
    assert figures[1].meta["path"] == folder / "figures" / "b c.svg"
    assert figures[0].content == "First, x."
    assert [child.type for child in figures[0].children or ()] == ["text", "math_inline", "text"]


def test_money_is_no_mathematics(folder: Path) -> None:
    document = read("$5 and $6,\n\na 3$\\times$3 kernel, $$x$$ and\n\n$$\ny\n$$\n", folder)
    assert [token.content.strip() for token in document.formulas()] == [r"\times", "x", "y"]
    assert [document.place(token) for token in document.formulas()] == ["report.md, line 3"] * 2 + [
        "report.md, line 5"
    ]


def test_raw_html_is_text(folder: Path) -> None:
    document = read("<b>x</b>\n\n<div>\n\ny\n\n</div>", folder)
    assert not any(
        "html" in child.type for token in document.tokens for child in (token, *(token.children or ()))
    )


def test_control_characters_are_replaced(folder: Path) -> None:
    assert read("a\x1b[0mb\x00c", folder).tokens[1].content == "a�[0mb�c"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "one\n\n![A.](figures/none.svg)",
            r"report\.md, line 3: expected the figure figures/none\.svg in .*no such file",
        ),
        ("![A.](../figures/a.svg)", "inside the report's folder"),
        ("![A.](https://example.org/a.svg)", "expected the figure https://example.org/a.svg"),
        ("![A.](figures/a.pdf)", r"ends in \.svg.*figures/a\.pdf"),
        ("![](figures/a.svg)", "a caption for the figure figures/a.svg"),
        ("text ![A.](figures/a.svg)", "alone on its line.*'A.' amid text"),
        ("| ![A.](figures/a.svg) |\n|--|\n", "alone on its line"),
        ("# One\n\n[x](#two)", r"line 3: expected links to headings of the text, got #two"),
    ],
)
def test_mistakes_say_where_and_what(text: str, message: str, folder: Path) -> None:
    with pytest.raises(ReportError, match=message):
        read(text, folder)
