from typing import Any

import numpy as np
import pytest

from handgrad.errors import ArgumentError, ShapeError
from handgrad.report import im2col_figure
from handgrad.report.im2col import CELL, EDGE, GAP, UNSEEN
from handgrad.report.style import WIDTH


def columns_of(matrix: Any, kernel: int, stride: int, padding: int) -> Any:
    """The windows one after the other, by loops."""
    padded = np.pad(matrix, padding)
    found = []
    for y in range(0, padded.shape[0] - kernel + 1, stride):
        for x in range(0, padded.shape[1] - kernel + 1, stride):
            found.append([padded[y + i, x + j] for i in range(kernel) for j in range(kernel)])
    return np.array(found).T


def draw(matrix: Any, kernel: int, stride: int, padding: int) -> Any:
    settings = {"kernel_size": kernel, "stride": stride, "padding": padding}
    return im2col_figure(matrix, columns_of(matrix, kernel, stride, padding), **settings)


def frames(figure: Any) -> list[Any]:
    """The outlined rectangles, thicker than the grid."""
    return [patch for patch in figure.axes[0].patches if patch.get_linewidth() > 1]


def test_a_window_and_its_column_have_one_colour() -> None:
    matrix = np.arange(1, 26).reshape(5, 5)
    figure = draw(matrix, 3, 2, 0)
    outlines = frames(figure)
    windows = [patch for patch in outlines if patch.get_width() > CELL]
    columns = [patch for patch in outlines if patch.get_width() <= CELL]
    assert len(windows) == len(columns) == 4
    colours = [patch.get_edgecolor() for patch in windows]
    assert colours == [patch.get_edgecolor() for patch in columns]
    assert len(set(colours)) == 4
    corners = [((patch.get_x() - EDGE) // CELL, patch.get_width() > 2.4 * CELL) for patch in windows]
    assert corners == [(0, True), (2, True), (0, True), (2, True)]


def test_every_number_is_printed() -> None:
    matrix = np.arange(1, 26).reshape(5, 5)
    texts = draw(matrix, 3, 2, 0).axes[0].texts
    left = EDGE + 5 * CELL
    matrix_words = [text.get_text() for text in texts if text.get_position()[0] < left]
    column_words = [text.get_text() for text in texts if text.get_position()[0] > left + GAP / 2]
    assert {str(value) for value in range(1, 26)} <= set(matrix_words)
    for value, count in zip(*np.unique(columns_of(matrix, 3, 2, 0), return_counts=True), strict=True):
        assert column_words.count(str(value)) >= count
    assert "5×5 input" in matrix_words
    assert "9×4 columns" in column_words


def test_numbers_with_a_fraction_have_two_decimals() -> None:
    texts = [text.get_text() for text in draw(np.array([[0.125, -3.0], [1.0, 2.0]]), 1, 1, 0).axes[0].texts]
    assert {"0.12", "-3.00", "1.00", "2.00"} <= set(texts)


def test_padding_is_grey() -> None:
    figure = draw(np.ones((2, 2), int), 2, 2, 1)
    cells = [patch for patch in figure.axes[0].patches if patch.get_linewidth() == 0]
    grey = [patch for patch in cells if patch.get_facecolor()[:3] == pytest.approx((0.894,) * 3, abs=0.01)]
    assert len(grey) == 4 * 4 - 2 * 2


def test_of_windows_that_overlap_much_only_some_are_framed() -> None:
    figure = draw(np.arange(16).reshape(4, 4), 3, 1, 1)
    from matplotlib.colors import to_rgba

    left_alone = [patch for patch in frames(figure) if patch.get_edgecolor() == to_rgba(UNSEEN)]
    assert len(left_alone) == 16 - 4
    assert len([patch for patch in frames(figure) if patch.get_width() > CELL]) == 4
    assert figure.get_size_inches()[0] <= WIDTH


def test_errors() -> None:
    matrix = np.zeros((3, 3))
    with pytest.raises(ShapeError, match=r"\(H, W\)"):
        im2col_figure(np.zeros(3), np.zeros((1, 1)), kernel_size=1, stride=1, padding=0)
    with pytest.raises(ShapeError, match=r"columns of shape \(4, 4\)"):
        im2col_figure(matrix, np.zeros((4, 5)), kernel_size=2, stride=1, padding=0)
    for kernel, stride, padding in ((0, 1, 0), (2, 0, 0), (2, 1, -1), (4, 1, 0)):
        with pytest.raises(ArgumentError, match="a kernel that fits"):
            im2col_figure(matrix, np.zeros((4, 4)), kernel_size=kernel, stride=stride, padding=padding)
