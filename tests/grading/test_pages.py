"""The pages: everything in them, nothing that runs, nothing that was not escaped."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace

import pytest

from handgrad.grading.class_page import class_page, lessons
from handgrad.grading.result import Item, Part, Result
from handgrad.grading.rubric import Rubric
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.student_page import points, student_page
from tests.grading.made_results import HOSTILE, result

XHTML = "{http://www.w3.org/1999/xhtml}"
RUBRIC = find_rubric("hw5-functions")
NASTY = (
    Item("fc", HOSTILE, 1.0, 4.0, "partly", HOSTILE, (Part(HOSTILE, False, HOSTILE), Part("dx", True)),
         HOSTILE, HOSTILE, "docs/ops/linear.md"),
    Item("pooling", "P", 0.0, 4.0, "failed", HOSTILE, cause=HOSTILE),
)  # fmt: skip


def nasty() -> Result:
    return replace(result(HOSTILE, items=NASTY), events=(HOSTILE,), warnings=(HOSTILE,), tier=HOSTILE)


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def all_of(root: ElementTree.Element, tag: str, name: str = "") -> Iterator[ElementTree.Element]:
    return (each for each in root.iter(f"{XHTML}{tag}") if not name or name in each.get("class", "").split())


def overview(*results: Result, rubric: Rubric = RUBRIC) -> ElementTree.Element:
    pages = {one.submission: f"students/{number}.html" for number, one in enumerate(results)}
    return ElementTree.fromstring(class_page(results, rubric, pages, "class.csv"))


def test_a_student_s_page_tells_what_why_and_where() -> None:
    root = ElementTree.fromstring(student_page(result("Ada"), RUBRIC, "../index.html"))
    assert words(next(all_of(root, "h1"))) == "Ada"
    assert words(next(all_of(root, "p", "score"))) == "21 of 28 points; 5 more are given by hand"
    total, fc, pool, leak, report = (words(each) for each in all_of(root, "section"))
    assert total == ("Total accuracy20 of 20 ✓ right 93.00% of the test images are right: 20 points.")
    assert "◐ right in parts gradient-divided-by-batch" in fc
    assert "✓forward is right" in fc
    assert "✗dx: gradient-divided-by-batch: dx is divided by N" in fc
    assert fc.endswith("nn_fc_layer: WRONG: dx x = [[1, 2]] <i> To read on: docs/ops/linear.md")
    assert "○ still open" in pool
    assert "−2" in leak
    assert report == "Report– of 5 ✎ by hand To be marked by hand: the plots."
    assert "it printed a gigabyte" in words(root)
    assert "it could open network connections" in words(root)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}svg"))) == 1
    assert [each.get("href") for each in all_of(root, "a")] == ["../index.html"]


def test_a_page_alone_links_nowhere_and_draws_nothing_untrained() -> None:
    root = ElementTree.fromstring(student_page(result(accuracy=None), RUBRIC))
    assert list(all_of(root, "a")) == []
    assert list(all_of(root, "figure")) == []
    assert "test accuracy" not in words(root)


@pytest.mark.parametrize("page", ["student", "class"])
def test_nothing_runs_nothing_is_loaded_and_everything_is_escaped(page: str) -> None:
    if page == "student":
        root = ElementTree.fromstring(student_page(nasty(), RUBRIC, "../index.html"))
    else:
        root = overview(nasty(), result())
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "img", "form"})
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert not value.startswith(("http", "javascript", "data"))
            assert key != "src"
    for style in all_of(root, "style"):
        assert "url(" not in str(style.text)
        assert "prefers-color-scheme: dark" in str(style.text)
    assert "<script>alert(1)</script>" in words(root)
    assert "\x07" not in words(root)


def test_the_overview_counts_what_to_teach_again() -> None:
    def item(name: str, status: str, cause: str = "", wrong: str = "dx") -> Item:
        parts = (Part("forward", True), Part(wrong, False)) if cause else ()
        return Item(name, name.upper(), 0.0, 2.0, status, "", parts, cause, page="docs/ops/linear.md")  # type: ignore[arg-type]

    results = [
        Result("a", "hw5", "r", (item("fc", "partly", "x"), item("pooling", "passed"), item("r", "by hand"))),
        Result(
            "b", "hw5", "r", (item("fc", "partly", "y"), item("pooling", "failed", "z"), item("r", "by hand"))
        ),
        Result("c", "hw5", "r", (item("fc", "open", "y", "dbias"), item("pooling", "passed"))),
        Result("d", "hw5", "r", (item("fc", "not run"), item("pooling", "passed"))),
    ]
    fc, pooling = lessons(results, {"b": "students/b.html"})
    assert (fc["title"], fc["wrong"], fc["open"], fc["all"]) == ("FC", 4, 1, 4)
    assert [(cause["name"], cause["count"], cause["who"]["name"]) for cause in fc["causes"]] == [
        ("y", 2, "b"), ("x", 1, "a"), ("not run", 1, "d"),
    ]  # fmt: skip
    assert fc["causes"][0]["who"]["page"] == "students/b.html"
    assert fc["parts"] == [{"name": "dx", "count": 2}, {"name": "dbias", "count": 1}]
    assert (pooling["wrong"], pooling["title"]) == (1, "POOLING")


def test_the_overview_has_the_class_with_links() -> None:
    root = overview(
        result("ada"), result("bob", accuracy=None), rubric=replace(RUBRIC, rules=RUBRIC.rules[:4])
    )
    facts = {words(each[0]): words(each[1]) for each in all_of(root, "div") if len(each) == 2}
    assert facts["submissions"] == "2"
    assert (facts["mean"], facts["median"], facts["median accuracy"]) == ("21.0", "21", "93.00%")
    (table,) = all_of(root, "table", "class")
    rows = [[words(cell) for cell in row] for row in table.iter(f"{XHTML}tr")]
    assert rows == [
        ["submission", "points", "accuracy", "fc", "events"],
        ["ada", "21", "93.00%", "3", "it printed a gigabyte"],
        ["bob", "21", "", "3", "it printed a gigabyte"],
    ]
    assert [each.get("href") for each in table.iter(f"{XHTML}a")] == ["students/0.html", "students/1.html"]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}svg"))) == 1


def test_a_class_without_a_mistake_and_one_without_submissions() -> None:
    fine = Result("a", "hw5", "r", (Item("fc", "FC", 4.0, 4.0, "passed", "Right."),))
    assert "Nothing: every item is right in every submission." in words(overview(fine))
    assert "submissions0" in words(overview()).replace(" ", "")


@pytest.mark.parametrize(
    ("given", "possible", "text"), [(0.0, 0.0, "no points"), (2.5, 4.0, "2.5 of 4"), (-20.0, 0.0, "−20")]
)
def test_points_in_words(given: float, possible: float, text: str) -> None:
    assert points(Item("a", "A", given, possible, "failed", "")) == text
