import numpy as np
import pytest
from matplotlib.colors import to_rgb

from handgrad.errors import ShapeError
from handgrad.report import confusion_figure
from handgrad.report.confusion import RIGHT
from handgrad.report.style import WIDTH

MATRIX = np.array([[970, 0, 2], [30, 1000, 0], [0, 0, 0]])


def test_every_count_stands_in_its_place() -> None:
    (axes,) = confusion_figure(MATRIX, title="What was taken for what").axes
    inside = [text for text in axes.texts if text.get_position()[0] < 2.5]
    numbers = {text.get_position()[::-1]: text.get_text() for text in inside}
    assert numbers == {(0, 0): "970", (0, 2): "2", (1, 0): "30", (1, 1): "1,000"}
    shares = [text.get_text() for text in axes.texts if text.get_position()[0] > 2.5]
    assert shares == ["99.8%", "97.1%"]  # of the last class there is none
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert axes.yaxis_inverted()  # the first class on top


def test_errors_stand_out_beside_the_diagonal() -> None:
    (axes,) = confusion_figure(MATRIX).axes
    shade = {tuple(np.add(patch.get_xy(), 0.5)[::-1]): patch.get_facecolor()[:3] for patch in axes.patches}
    assert {shade[place, place] for place in range(3)} == {to_rgb(RIGHT)}
    few, many = shade[0, 2], shade[1, 0]
    assert max(many) - min(many) > max(few) - min(few) > 0.1
    assert len(shade) == 5  # nothing is drawn where nothing happened


def test_names_of_classes_are_not_cut_off() -> None:
    names = ["T-shirt/top", "Trouser", "Ankle boot"]
    figure = confusion_figure(MATRIX, classes=names)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert [label.get_text() for label in axes.get_xticklabels()] == names
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts):
        box = label.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1


def test_many_classes_fit_a_page() -> None:
    figure = confusion_figure(np.eye(40, dtype=int) * 800)
    assert figure.get_size_inches()[0] <= WIDTH


def test_its_input_is_left_alone_and_may_be_all_right() -> None:
    before = MATRIX.copy()
    confusion_figure(MATRIX)
    assert np.array_equal(MATRIX, before)
    assert len(confusion_figure(np.diag([3, 4])).axes[0].patches) == 2


def test_errors() -> None:
    for wrong in (np.zeros((2, 3)), np.zeros(4), np.zeros((0, 0))):
        with pytest.raises(ShapeError, match=r"\(K, K\)"):
            confusion_figure(wrong)
    with pytest.raises(ShapeError, match="3 names"):
        confusion_figure(MATRIX, classes=["a"])
