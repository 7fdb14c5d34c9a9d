from typing import Any

import numpy as np
import pytest

from handgrad.errors import ArgumentError, ShapeError
from handgrad.report import pictures_figure
from handgrad.report.style import WIDTH


def pixels(axes: Any, position: int) -> Any:
    """A picture as drawn, one value of red, green and blue for each of its own pixels."""
    array = np.asarray(axes.images[position].get_array())
    factor = len(array) // 2
    return array[::factor, ::factor]


def inside(figure: Any) -> bool:
    figure.draw_without_rendering()
    page = figure.bbox
    labels = [label for bar in figure.axes[1:] for label in bar.get_yticklabels()]
    boxes = [text.get_window_extent() for text in (*figure.axes[0].texts, *labels)]
    return all(
        box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1 for box in boxes
    )


def test_each_picture_in_its_own_range() -> None:
    images = np.array([[[0, 255], [51, 0]], [[1, 2], [3, 5]]], np.uint8)
    before = images.copy()
    axes = pictures_figure(images).axes[0]
    assert pixels(axes, 0)[..., 0].tolist() == [[0, 255], [51, 0]]
    assert pixels(axes, 1)[..., 0].tolist() == [[0, 64], [128, 255]]
    assert np.array_equal(images, before)


def test_one_scale_for_signed_pictures_with_zero_in_white() -> None:
    figure = pictures_figure(np.array([[[-4.0, 0.0], [4.0, 2.0]], [[0.0, 0.0], [0.0, -1.0]]]), signed=True)
    axes, bar = figure.axes
    (blue, white), (red, pink) = pixels(axes, 0)
    assert blue[2] > blue[0]
    assert red[0] > red[2]
    assert min(white) > 240
    assert pink[0] > pink[2]
    assert pixels(axes, 1)[0, 0].tolist() == white.tolist()
    assert [label.get_text() for label in bar.get_yticklabels()] == ["-4", "0", "4"]
    assert inside(figure)


def test_a_few_extremes_do_not_leave_all_others_pale() -> None:
    many = np.full((1, 40, 40), 0.5)
    many[0, 0, :2] = 100.0, -100.0
    figure = pictures_figure(many, signed=True)
    image = np.asarray(figure.axes[0].images[0].get_array())
    assert image[-1, -1].tolist() == image[0, 0].tolist() != image[0, 6].tolist()  # as red as 100 is
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["≤ -0.5", "0", "≥ 0.5"]
    assert inside(figure)
    few = pictures_figure(many[:, :20, :20], signed=True).axes[1]
    assert few.get_yticklabels()[2].get_text() == "100"
    lonely = np.zeros((1, 40, 40))
    lonely[0, 3, 3] = 2.0
    assert pictures_figure(lonely, signed=True).axes[1].get_yticklabels()[2].get_text() == "2"


def test_flat_empty_and_infinite_pictures() -> None:
    axes = pictures_figure(np.array([[[3, 3], [3, 3]], [[np.nan, 1], [np.inf, 0]]])).axes[0]
    assert pixels(axes, 0).max() == 0
    assert pixels(axes, 1)[..., 0].tolist() == [[0, 255], [0, 0]]
    signed = pictures_figure(np.zeros((1, 2, 2)), signed=True)
    assert pixels(signed.axes[0], 0).min() > 240


def test_titles_and_row_labels_stand_where_they_belong() -> None:
    titles = [f"{number}, predicted {number}" for number in range(7)]
    figure = pictures_figure(
        np.ones((7, 2, 2)), titles=titles, columns=3, rows=["one", "two", "a third"], title="All of them"
    )
    axes = figure.axes[0]
    texts = [text.get_text().replace("\n", " ") for text in axes.texts]
    assert sorted(texts) == sorted([*titles, "one", "two", "a third", "All of them"])
    corners = [tuple(image.get_extent()) for image in axes.images]
    assert corners[0][0] == corners[3][0] == corners[6][0] < corners[1][0]
    assert corners[0][2] < corners[3][2] < corners[6][2]
    assert inside(figure)


def test_a_row_without_titles_takes_no_room_for_them() -> None:
    some = pictures_figure(np.ones((4, 2, 2)), titles=["a", "b", "", ""], columns=2)
    every = pictures_figure(np.ones((4, 2, 2)), titles=["a", "b", "c", "d"], columns=2)
    assert some.get_size_inches()[1] < every.get_size_inches()[1]


@pytest.mark.parametrize(("count", "columns"), [(1, 10), (10, 10), (64, 16), (40, 8)])
def test_never_wider_than_a_page_nor_distorted(count: int, columns: int) -> None:
    images = np.zeros((count, 20, 10))
    figure = pictures_figure(images, columns=columns, signed=True, title="A rather long title " * 6)
    assert figure.get_size_inches()[0] <= WIDTH + 0.1
    left, right, bottom, top = figure.axes[0].images[0].get_extent()
    assert (bottom - top) / (right - left) == pytest.approx(2)
    assert inside(figure)


def test_errors() -> None:
    for images in (np.zeros((3, 3)), np.zeros((0, 3, 3))):
        with pytest.raises(ShapeError, match=r"\(N, H, W\)"):
            pictures_figure(images)
    images = np.zeros((3, 2, 2))
    with pytest.raises(ShapeError, match="a title for each of 3"):
        pictures_figure(images, titles=["a"])
    with pytest.raises(ShapeError, match="a label for each of 2 rows"):
        pictures_figure(images, columns=2, rows=["a"])
    with pytest.raises(ArgumentError, match="at least 1"):
        pictures_figure(images, columns=0)
