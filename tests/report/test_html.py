import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from handgrad.report.html import to_html
from handgrad.report.markdown import parse
from tests.report.sample import CAPTIONS, FORMULAS, HEADINGS, HOSTILE, TEXT, TITLE, draw_figures

XHTML = "{http://www.w3.org/1999/xhtml}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"


def page_of(text: str, folder: Path) -> str:
    return to_html(parse(text, folder, title=TITLE, name="report.md"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    draw_figures(folder)
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return page_of(TEXT, folder)


@pytest.fixture(scope="module")
def root(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(page)  # it is XML as well: every tag is closed, every sign escaped


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_title_and_headings(root: ElementTree.Element) -> None:
    assert root.find(f"{XHTML}head/{XHTML}title").text == TITLE
    (first,) = root.iter(f"{XHTML}h1")
    assert words(first) == TITLE
    assert [words(each) for each in root.iter(f"{XHTML}h2")] == HEADINGS[:1]
    assert [words(each) for each in root.iter(f"{XHTML}h3")] == HEADINGS[1:]


def test_nothing_runs_and_nothing_is_loaded(page: str, root: ElementTree.Element) -> None:
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names.isdisjoint({"script", "link", "iframe", "object", "embed", "base"})
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            if key in ("src", "href", "srcset", "data", "action") and element.tag != f"{XHTML}a":
                assert value.startswith(("data:image/", "#"))
    (style,) = root.iter(f"{XHTML}style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert [each.get("href") for each in root.iter(f"{XHTML}a")] == [
        "https://example.org/a_b?c=1&d=2",
        "#1-lists-and-words",
    ]
    assert "prefers-color-scheme: dark" in style.text


def test_every_formula_is_mathml(page: str, root: ElementTree.Element) -> None:
    formulas = list(root.iter(f"{MATH}math"))
    assert len(formulas) == FORMULAS
    assert [formula.get("display") for formula in formulas].count("block") == 2
    assert "\\frac" not in page


def test_every_figure_is_inside_with_its_number(root: ElementTree.Element) -> None:
    figures = list(root.iter(f"{XHTML}figure"))
    assert [words(figure.find(f"{XHTML}figcaption")).split(":")[0] for figure in figures] == [
        "Figure 1",
        "Figure 2",
        "Figure 3",
    ]
    assert all(caption in words(figure) for caption, figure in zip(CAPTIONS, figures, strict=True))
    assert len(list(root.iter(f"{SVG}svg"))) == 2
    assert len(list(root.iter(f"{XHTML}img"))) == 1
    assert next(root.iter(f"{SVG}svg")).get("aria-label") == r"Curves with \eta = 0.1 & more."
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names))


def test_text_stays_text(root: ElementTree.Element) -> None:
    items = [words(item) for item in root.iter(f"{XHTML}li")]
    assert items[: len(HOSTILE)] == [line.replace("\\\\", "\\") for line in HOSTILE]
    (code, *_) = root.iter(f"{XHTML}code")
    assert code.text == 'one_{x} #y "z"'


def test_tables_scroll_and_keep_their_sides(root: ElementTree.Element) -> None:
    (table,) = root.iter(f"{XHTML}table")
    assert table in list(next(each for each in root.iter(f"{XHTML}div") if each.get("class") == "table"))
    rows = [[words(cell) for cell in row] for row in table.iter(f"{XHTML}tr")]
    assert rows[:2] == [["Left", "Right", "Middle"], ["#a | b", "50,890", "97.02%"]]
    assert [cell.get("style") for cell in next(table.iter(f"{XHTML}tr"))] == [
        "text-align:left",
        "text-align:right",
        "text-align:center",
    ]


def test_listings_are_kept_to_the_letter(root: ElementTree.Element) -> None:
    listings = ["".join(each.itertext()) for each in root.iter(f"{XHTML}pre")]
    assert listings == ['def f(x):  # "quoted" \\ $5 <b>\n    return x\n', "indented <block> #1\n"]


def test_lists_nest_and_start_where_they_should(root: ElementTree.Element) -> None:
    (ordered,) = root.iter(f"{XHTML}ol")
    assert ordered.get("start") == "3"
    assert [words(item) for item in ordered] == ["three", "four"]


def test_a_full_stop_stays_with_its_formula(folder: Path) -> None:
    page = page_of("So $x$. And $y$ (or $z$), <$w$>", folder)
    assert len(re.findall(r'<span class="kept"><math.*?</math>[.)]</span>', page)) == 2
    root = ElementTree.fromstring(page)
    assert words(next(root.iter(f"{XHTML}p"))) == "So x. And y (or z), <w>"


def test_the_same_text_the_same_bytes(page: str, folder: Path) -> None:
    assert page_of(TEXT, folder) == page
