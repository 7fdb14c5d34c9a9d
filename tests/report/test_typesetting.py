import json
from pathlib import Path
from typing import Any

import pytest
import typst

from handgrad.report.markdown import parse
from handgrad.report.typesetting import literal, to_source
from tests.report.sample import CAPTIONS, FORMULAS, HEADINGS, HOSTILE, TEXT, TITLE, draw_figures


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    draw_figures(folder)
    return folder


@pytest.fixture(scope="module")
def source(folder: Path) -> bytes:
    return to_source(parse(TEXT, folder, title=TITLE, name="report.md")).encode()


def ask(source: bytes, folder: Path, kind: str) -> list[Any]:
    """All parts of a kind, as Typst understands the text."""
    found: list[Any] = json.loads(typst.query(source, kind, root=folder))
    return found


def words(node: Any) -> str:
    """The text inside a part."""
    if isinstance(node, list):
        return "".join(words(each) for each in node)
    if not isinstance(node, dict):
        return ""
    if node.get("func") in ("text", "raw"):
        return str(node["text"])
    if node.get("func") in ("space", "linebreak"):
        return " "
    return "".join(words(node.get(key)) for key in ("body", "child", "children", "caption"))


@pytest.mark.parametrize("text", [*HOSTILE, 'a "b" \\ #c', "two\nlines\t\r", '\\"', "", ")]};#"])
def test_literals_say_what_the_text_says(text: str) -> None:
    source = f"#metadata({literal(text)})"
    assert json.loads(typst.query(source.encode(), "metadata", field="value")) == [text]


def test_headings(source: bytes, folder: Path) -> None:
    heads = ask(source, folder, "heading")
    assert [words(each["body"]) for each in heads] == HEADINGS
    assert [each["level"] for each in heads] == [1, 2]
    assert heads[0]["label"] == "<1-lists-and-words>"


def test_figures_have_their_captions_and_descriptions(source: bytes, folder: Path) -> None:
    figures = ask(source, folder, "figure")
    assert [each["body"]["source"] for each in figures] == [
        "figures/curves.svg",
        "figures/pictures.svg",
        "figures/pictures.png",
    ]
    assert all(
        words(each["caption"]).startswith(caption) for each, caption in zip(figures, CAPTIONS, strict=True)
    )
    assert figures[1]["body"]["alt"] == "Pictures."
    assert [each["placement"] for each in figures] == ["bottom"] * 3  # a page does not end early for them


def test_every_formula_is_an_equation(source: bytes, folder: Path) -> None:
    outermost = [each for each in ask(source, folder, "math.equation") if each["body"]["func"] == "equation"]
    assert len(outermost) == FORMULAS
    assert [each["block"] for each in outermost].count(True) == 2


def test_text_is_never_markup(source: bytes, folder: Path) -> None:
    lists = ask(source, folder, "list")
    assert [words(item) for item in lists[0]["children"]] == [line.replace("\\\\", "\\") for line in HOSTILE]
    raws = [each["text"] for each in ask(source, folder, "raw")]
    assert raws[0] == 'one_{x} #y "z"'
    assert 'def f(x):  # "quoted" \\ $5 <b>\n    return x' in raws
    assert "indented <block> #1" in raws


def test_lists_links_and_tables(source: bytes, folder: Path) -> None:
    (ordered,) = ask(source, folder, "enum")
    assert (ordered["start"], len(ordered["children"])) == (3, 2)
    tight = {words(each["children"][0])[:3]: each["tight"] for each in ask(source, folder, "list")}
    assert tight["#le"] is True
    assert tight["one"] is False  # a blank line between its items
    assert [each["dest"] for each in ask(source, folder, "link")] == [
        "https://example.org/a_b?c=1&d=2",
        "<1-lists-and-words>",
    ]
    (table,) = ask(source, folder, "table")
    assert table["align"] == ["left", "right", "center"]
    assert "#a | b50,89097.02%" in words(table["children"])


def test_spaces_stay_where_they_are(folder: Path) -> None:
    source = to_source(
        parse("one *two* **three** `four` five\nsix $x$, (seven)", folder, title="T", name="n")
    )
    (paragraph,) = ask(source.encode(), folder, "par")
    assert words(paragraph["body"]).startswith("one two three four five six ")
