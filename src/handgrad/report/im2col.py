"""How im2col turns the windows of a picture into the columns of a matrix."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.errors import ArgumentError, ShapeError
from handgrad.report.style import GREY, INK, PALETTE, SMALL, TITLE, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL, GAP, EDGE = 0.42, 0.75, 0.1  # inches: a number's square, between the two parts, around them
HEAD = 0.5  # inches for the words above
COLOURS = len(PALETTE) - 1  # without black, the colour of the numbers
UNSEEN = "#999999"


@dataclass(frozen=True)
class _Window:
    number: int
    y: int
    x: int
    inset: float  # inches, so that the frames of neighbours do not lie on each other
    colour: int | None  # a place in the palette; none: left grey

    @property
    def paint(self) -> str:
        return UNSEEN if self.colour is None else PALETTE[self.colour]

    @property
    def ink(self) -> str:
        return GREY if self.colour is None else INK[self.colour]


def im2col_figure(
    matrix: AnyArray, columns: AnyArray, *, kernel_size: int, stride: int, padding: int
) -> Figure:
    """Draw a matrix with its windows framed, and beside it the column that each of them becomes.

    Where windows share more than one row or column of pixels, only some are framed and coloured.

    Arguments:
        matrix: (H, W), not padded; the padding is drawn in grey.
        columns: (KH * KW, P), windows in row-major order.
        kernel_size, stride, padding: of the convolution, in pixels.

    Raises:
        ArgumentError: a size or stride below 1, a padding below 0, a kernel larger than the padded matrix.
        ShapeError: columns of another shape than those settings give.

    Example:
        >>> matrix = np.arange(9).reshape(3, 3)
        >>> columns = np.array([[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]])
        >>> len(im2col_figure(matrix, columns, kernel_size=2, stride=1, padding=0).axes)
        1
    """
    from matplotlib.figure import Figure

    matrix, columns = np.asarray(matrix), np.asarray(columns)
    windows = _windows(matrix, columns, kernel_size, stride, padding)
    height, width = (side + 2 * padding for side in matrix.shape)
    total = EDGE * 2 + GAP + CELL * (width + len(windows))
    tall = EDGE * 2 + HEAD + CELL * max(height, len(columns))
    scale = min(1.0, WIDTH / total)
    figure = Figure(figsize=(total * scale, tall * scale))
    axes: Any = figure.add_axes((0, 0, 1, 1))  # in inches from the upper left corner, before the scale
    axes.set(xlim=(0, total), ylim=(tall, 0))
    axes.set_axis_off()
    left = EDGE + CELL * width + GAP
    _matrix(axes, np.pad(matrix, padding), padding, windows, kernel_size, SMALL * scale)
    _columns(axes, columns, left, windows, SMALL * scale)
    words = (f"{matrix.shape[0]}×{matrix.shape[1]} input", f"{len(columns)}×{len(windows)} columns")
    for x, text in zip((EDGE, left), words, strict=True):
        axes.text(x, EDGE, text, ha="left", va="top", fontsize=TITLE * scale, fontweight="bold")
    middle = EDGE + HEAD + CELL * height / 2
    axes.annotate(
        "",
        (left - 0.15, middle),
        (EDGE + CELL * width + 0.15, middle),
        arrowprops={"arrowstyle": "->", "color": GREY},
    )
    return figure


def _windows(
    matrix: AnyArray, columns: AnyArray, kernel_size: int, stride: int, padding: int
) -> list[_Window]:
    """Each window's upper left corner in the padded matrix, and whether it gets a colour."""
    where = "im2col_figure"
    if matrix.ndim != 2:
        raise ShapeError(where, expected="a matrix of shape (H, W)", got=str(matrix.shape))
    last = [side + 2 * padding - kernel_size for side in matrix.shape]
    if min(kernel_size, stride) < 1 or padding < 0 or min(last) < 0:
        raise ArgumentError(
            where,
            expected="a kernel that fits, a stride of at least 1, a padding of at least 0",
            got=f"kernel {kernel_size}, stride {stride}, padding {padding} for {matrix.shape}",
        )
    down, across = (side // stride + 1 for side in last)
    if columns.shape != (kernel_size**2, down * across):
        raise ShapeError(
            where, expected=f"columns of shape ({kernel_size**2}, {down * across})", got=str(columns.shape)
        )
    every = max(1, math.ceil((kernel_size - 1) / stride))  # frames that share one pixel's breadth at most
    seen = itertools.count()
    return [
        _Window(
            number=row * across + column + 1,
            y=row * stride,
            x=column * stride,
            inset=0.015 + 0.028 * (2 * (row // every % 2) + column // every % 2),
            colour=None if row % every or column % every else next(seen) % COLOURS,
        )
        for row in range(down)
        for column in range(across)
    ]


def _matrix(
    axes: Any, padded: AnyArray, padding: int, windows: list[_Window], kernel_size: int, size: float
) -> None:
    """The numbers, and a frame around each window."""
    height, width = padded.shape
    for (row, column), text in np.ndenumerate(_texts(padded)):
        inside = padding <= row < height - padding and padding <= column < width - padding
        paint = "white" if inside else "#E4E4E4"
        _cell(axes, EDGE + CELL * column, EDGE + HEAD + CELL * row, text, size, facecolor=paint)
    side = CELL * kernel_size
    for window in windows:
        if window.colour is not None:
            x, y = EDGE + CELL * window.x, EDGE + HEAD + CELL * window.y
            _frame(axes, x, y, side, side, window)
            corner = window.inset + 0.015
            _word(axes, x + corner, y + corner, window, size * 0.72, ha="left", va="top")


def _columns(axes: Any, columns: AnyArray, left: float, windows: list[_Window], size: float) -> None:
    """A column of numbers for each window, in its colour."""
    texts = _texts(columns)
    for position, window in enumerate(windows):
        x, y = left + CELL * position, EDGE + HEAD
        for row, text in enumerate(texts[:, position]):
            _cell(axes, x, y + CELL * row, text, size, facecolor=window.paint, alpha=0.18)
        _frame(axes, x, y, CELL, CELL * len(texts), window)
        _word(axes, x + CELL / 2, y - 0.05, window, size + 1, ha="center", va="bottom")


def _texts(values: AnyArray) -> AnyArray:
    """Whole numbers as they are, all others with two decimals."""
    form = "{:.0f}" if np.all(values == np.rint(values)) else "{:.2f}"
    return np.asarray([form.format(value) for value in values.flat], object).reshape(values.shape)


def _word(axes: Any, x: float, y: float, window: _Window, size: float, **look: Any) -> None:
    axes.text(x, y, str(window.number), fontsize=size, color=window.ink, fontweight="bold", **look)


def _cell(axes: Any, x: float, y: float, text: str, size: float, **look: Any) -> None:
    """One number in its square."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), CELL, CELL, linewidth=0, **look))
    axes.add_patch(Rectangle((x, y), CELL, CELL, fill=False, edgecolor="#BBBBBB", linewidth=0.5))
    axes.text(x + CELL / 2, y + CELL * 0.56, text, ha="center", va="center", fontsize=size)


def _frame(axes: Any, x: float, y: float, width: float, height: float, window: _Window) -> None:
    """A window's frame, drawn a little inside its edges."""
    from matplotlib.patches import Rectangle

    inset = min(window.inset, 0.02) if width == CELL else window.inset
    corner, size = (x + inset, y + inset), (width - 2 * inset, height - 2 * inset)
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=window.paint, linewidth=1.3))
