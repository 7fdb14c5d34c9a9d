import math

import pytest

from handgrad.errors import ShapeError
from handgrad.report import bars_figure


def test_bars_begin_at_nothing_and_carry_their_numbers() -> None:
    (axes,) = bars_figure(["MLP", "CNN"], [1.5, 12.25], x_label="seconds", title="Time").axes
    assert [patch.get_width() for patch in axes.patches] == [1.5, 12.25]
    assert [patch.get_x() for patch in axes.patches] == [0, 0]
    assert axes.get_xlim()[0] == 0
    assert [text.get_text() for text in axes.texts] == ["1.5", "12.25"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["MLP", "CNN"]
    assert axes.yaxis_inverted()
    assert axes.get_xlabel() == "seconds"


def test_values_that_differ_by_little_are_dots_on_a_cut_axis() -> None:
    values = [0.9712, 0.9731, 0.9850]
    (axes,) = bars_figure(["a", "b", "c"], values, x_label="accuracy").axes
    assert not axes.patches  # a bar that does not begin at 0 would lie
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"] == values
    assert 0.96 < axes.get_xlim()[0] < 0.9712
    assert [text.get_text() for text in axes.texts] == ["0.9712", "0.9731", "0.985"]


def test_errors_of_measurement_reach_to_both_sides() -> None:
    (axes,) = bars_figure(["a", "b"], [10, 2], x_label="x", error=[1.5, 0]).axes
    reaches = [list(line.get_xdata()) for line in axes.lines if line.get_color() == "black"]
    assert reaches == [[8.5, 11.5]]
    assert [text.get_text() for text in axes.texts] == ["10 ± 1.5", "2"]


def test_a_reference_is_a_line_with_its_name() -> None:
    (axes,) = bars_figure(["a"], [3], x_label="x", reference=("the document", 12.0)).axes
    assert [12.0, 12.0] in [list(line.get_xdata()) for line in axes.lines]
    assert axes.texts[-1].get_text() == "the document: 12"
    assert axes.get_xlim()[1] > 12


def test_negative_and_unknown_values() -> None:
    figure = bars_figure(["a", "b", "c"], [-2, 1, math.nan], x_label="change")
    (axes,) = figure.axes
    assert [patch.get_width() for patch in axes.patches] == [-2, 1]
    assert [text.get_text() for text in axes.texts] == ["-2", "1", "nan"]
    assert [text.get_ha() for text in axes.texts] == ["right", "left", "left"]
    (axes,) = bars_figure(["a"], [math.nan], x_label="x").axes
    assert axes.texts[0].get_text() == "nan"
    (axes,) = bars_figure(["a"], [0], x_label="x").axes
    assert axes.texts[0].get_text() == "0"


def test_long_labels_are_broken_not_cut() -> None:
    label = "a network with a name so long that it cannot stand on one line of a page"
    figure = bars_figure([label, "b"], [1, 2], x_label="x", title="t " * 90, reference=("a", 1.9))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    first = axes.get_yticklabels()[0]
    assert first.get_text().split() == label.split()
    assert "\n" in first.get_text()
    for text in (first, *axes.texts):
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_errors() -> None:
    with pytest.raises(ShapeError, match="0 labels"):
        bars_figure([], [], x_label="x")
    with pytest.raises(ShapeError, match="1 labels"):
        bars_figure(["a"], [1, 2], x_label="x")
    with pytest.raises(ShapeError, match=r"\(2,\) errors"):
        bars_figure(["a"], [1], x_label="x", error=[1, 2])
