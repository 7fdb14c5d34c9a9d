"""The overview of a class: who got what, and what to teach again."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from handgrad.grading.class_page import class_page, lessons
from handgrad.grading.result import Item, Part, Result
from handgrad.grading.rubric import Rubric
from handgrad.grading.rubric_reading import find_rubric
from tests.grading.made_results import result
from tests.grading.reading_pages import XHTML, all_of, check_harmless, nasty, words

RUBRIC = find_rubric("hw5-functions")


def overview(*results: Result, rubric: Rubric = RUBRIC) -> ElementTree.Element:
    pages = {one.submission: f"students/{number}.html" for number, one in enumerate(results)}
    return ElementTree.fromstring(class_page(results, rubric, pages, "class.csv"))


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


def test_a_hostile_submission_stays_in_its_place() -> None:
    check_harmless(overview(nasty(), result()))


def test_what_held_the_class_and_what_it_could_not_keep_is_told_once() -> None:
    one = replace(result("ada"), tier="user", warnings=("the network was not cut off",))
    told = words(overview(one, replace(one, submission="bob")))
    assert "held byuser" in told  # a term and its text
    assert told.count("the network was not cut off") == 1
