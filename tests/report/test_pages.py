import xml.etree.ElementTree as ElementTree

import pytest
from jinja2 import UndefinedError

from handgrad.report import figure_inside, fill_page, histogram_figure


def test_values_are_text_and_figures_are_figures() -> None:
    figure = figure_inside(histogram_figure([1], 2, x_label="points"), 1, 'A "<b>" & c')
    page = ElementTree.fromstring(fill_page("page.html", {"title": "<script>", "body": figure}))
    assert page.find(".//{*}h1").text == "<script>"
    assert page.find(".//{*}svg").get("aria-label") == 'A "<b>" & c'
    assert page.find(".//{*}script") is None


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        fill_page("page.html", {"title": "A"})
