import itertools
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from handgrad.errors import ArgumentError, ShapeError
from handgrad.report import Chart, Line, curves_figure
from handgrad.report.style import WIDTH


def chart(*lines: Line, **options: Any) -> Chart:
    return Chart("A title", "step", "loss", lines, **options)


def boxes(axes: Any) -> list[Any]:
    """Where the labels lie, in pixels."""
    axes.figure.draw_without_rendering()
    return [Text.get_window_extent(text) for text in axes.texts]  # without the lines to the curves


def test_lines_are_drawn_as_given() -> None:
    (axes,) = curves_figure([chart(Line("train", [0, 1, 2], [3, 2, 1]), Line("test", [0, 2], [3, 2]))]).axes
    assert [line.get_xydata().tolist() for line in axes.lines] == [
        [[0, 3], [1, 2], [2, 1]],
        [[0, 3], [2, 2]],
    ]
    assert [text.get_text() for text in axes.texts] == ["train", "test"]
    assert (axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()) == ("A title", "step", "loss")


def test_a_label_has_one_colour_in_all_charts() -> None:
    first = chart(Line("train", [0, 1], [1, 2]), Line("test", [0, 1], [1, 2]))
    figure = curves_figure([first, chart(Line("test", [0, 1], [1, 2]))])
    colours = [[line.get_color() for line in axes.lines] for axes in figure.axes]
    assert colours[1][0] == colours[0][1] != colours[0][0]


def test_styles_differ() -> None:
    lines = [Line(style, [0, 1], [0, 1], style) for style in ("solid", "dashed", "dotted", "points")]
    (axes,) = curves_figure([chart(*lines)]).axes
    looks = {(str(line.get_linestyle()), str(line._dash_pattern), line.get_marker()) for line in axes.lines}
    assert len(looks) == 4
    assert axes.lines[3].get_linestyle() == "None"


@pytest.mark.parametrize("count", [2, 9])
@pytest.mark.parametrize("end", [0.0, 0.5, 1.0])
def test_labels_do_not_lie_over_each_other_nor_outside(count: int, end: float) -> None:
    ends = [end + position / 1000 for position in range(count)]
    lines = [Line(f"setting {position}", [0, 1, 2], [0, 1, last]) for position, last in enumerate(ends)]
    figure = curves_figure([chart(*lines)], columns=1, title="Above")
    places = boxes(figure.axes[0])
    for one, other in itertools.combinations(places, 2):
        assert not one.overlaps(other)
    page = figure.bbox
    assert all(box.x1 <= page.x1 + 1 and box.y0 >= 0 and box.y1 <= page.y1 for box in places)


def test_long_labels_are_broken_not_cut() -> None:
    words = "a rate of one tenth with momentum and weight decay and more"
    figure = curves_figure([chart(Line(words, [0, 1], [0, 1]))] * 2)
    (text,) = figure.axes[1].texts
    assert text.get_text().split() == words.split()
    assert "\n" in text.get_text()
    assert boxes(figure.axes[1])[0].x1 <= figure.bbox.x1 + 1


def test_what_is_not_finite_leaves_a_gap_and_the_label_at_the_last_number() -> None:
    values = [1.0, 5.0, float("inf"), float("nan")]
    (axes,) = curves_figure([chart(Line("loss", range(4), values), Line("gone", [0, 1], [np.nan] * 2))]).axes
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, False, True, True]
    assert tuple(axes.texts[0].xy) == (1, 5)
    assert axes.texts[1].get_text() == "gone"


def test_scales() -> None:
    logarithmic = chart(Line("a", [0, 1, 2], [1, 0, 100]), log=True)
    fixed = chart(Line("a", [0, 1], [-3, 7]), y_range=(0, 1))
    empty = chart(Line("a", [0, 1], [0, 0]), log=True)
    axes = curves_figure([logarithmic, fixed, empty]).axes
    assert [each.get_yscale() for each in axes] == ["log", "linear", "linear"]
    assert axes[1].get_ylim() == (0, 1)


@pytest.mark.parametrize(
    ("values", "labels"), [([0.19, 2.1], ["0.2", "0.5", "1", "2"]), ([1e-7, 0.1], ["$", "$"])]
)
def test_a_short_logarithmic_axis_has_plain_numbers(values: list[float], labels: list[str]) -> None:
    (axes,) = curves_figure([chart(Line("a", [0, 1], values), log=True)]).axes
    axes.figure.draw_without_rendering()
    low, high = axes.get_ylim()
    shown = [
        label.get_text()
        for label, place in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
        if low <= place <= high
    ]
    assert shown == labels if labels[0] != "$" else all(text.startswith("$") for text in shown)
    assert not any(label.get_text() for label in axes.get_yticklabels(minor=True))


def test_charts_fill_rows_within_a_page() -> None:
    figure = curves_figure([chart(Line("a", [0, 1], [0, 1]))] * 5, columns=3, title="Five")
    assert [axes.get_subplotspec().rowspan.start for axes in figure.axes] == [0, 0, 0, 1, 1]
    assert figure.get_size_inches()[0] == WIDTH
    assert figure.get_suptitle() == "Five"


def test_one_point_is_seen() -> None:
    (axes,) = curves_figure([chart(Line("a", [3], [4]))]).axes
    assert axes.lines[0].get_marker() == "o"


def test_errors() -> None:
    with pytest.raises(ArgumentError, match="at least one chart"):
        curves_figure([])
    with pytest.raises(ShapeError, match=r"'a'.*\(3,\) and \(2,\)"):
        curves_figure([chart(Line("a", [0, 1, 2], [0, 1]))])
