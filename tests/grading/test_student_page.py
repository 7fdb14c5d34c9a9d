"""A student's page: every item with its reason, and what a student wrote as text."""

import xml.etree.ElementTree as ElementTree

import pytest

from handgrad.grading.result import Item, Part
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.student_page import points, student_page
from tests.grading.made_results import result
from tests.grading.reading_pages import all_of, check_harmless, nasty, words

RUBRIC = find_rubric("hw5-functions")


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
    assert "it could open network connections" not in words(
        root
    )  # the instructor is told, on the class's page
    assert len(list(root.iter("{http://www.w3.org/2000/svg}svg"))) == 1
    assert [each.get("href") for each in all_of(root, "a")] == ["../index.html"]


def test_results_are_listed_where_their_reasons_differ() -> None:
    alike = Item(
        "a", "A", 0.0, 1.0, "failed", "Both: no.", (Part("dx", False, "no"), Part("dy", False, "no"))
    )
    differ = Item(
        "b", "B", 0.0, 1.0, "failed", "dx: no.", (Part("dx", False, "no"), Part("dy", False, "nor"))
    )
    root = ElementTree.fromstring(student_page(result(items=(alike, differ)), RUBRIC))
    one, two = (words(each) for each in all_of(root, "section"))
    assert one.endswith("Both: no.")
    assert two.endswith("0 of 2 results are right. ✗dx: no ✗dy: nor")


def test_a_page_alone_links_nowhere_and_draws_nothing_untrained() -> None:
    root = ElementTree.fromstring(student_page(result(accuracy=None), RUBRIC))
    assert list(all_of(root, "a")) == []
    assert list(all_of(root, "figure")) == []
    assert "test accuracy" not in words(root)


def test_a_hostile_submission_stays_in_its_place() -> None:
    check_harmless(ElementTree.fromstring(student_page(nasty(), RUBRIC, "../index.html")))


@pytest.mark.parametrize(
    ("given", "possible", "text"), [(0.0, 0.0, "no points"), (2.5, 4.0, "2.5 of 4"), (-20.0, 0.0, "−20")]
)
def test_points_in_words(given: float, possible: float, text: str) -> None:
    assert points(Item("a", "A", given, possible, "failed", "")) == text
