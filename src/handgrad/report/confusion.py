"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.errors import ShapeError
from handgrad.report.style import GREY, SMALL, TEXT, WIDTH, head, width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RIGHT = "#E4E4E4"  # what is right stays in the background
MANY = 16  # classes: from here on the numbers are smaller


def confusion_figure(matrix: AnyArray, *, classes: Sequence[str] | None = None, title: str = "") -> Figure:
    """Draw a confusion matrix: errors coloured by their number, what is right in grey.

    Beyond the right edge stands the share of each true class that was recognised.

    Arguments:
        matrix: (K, K) counts, rows true, columns predicted.
        classes: their names; 0, 1, 2 ... where none are given.
        title: above it.

    Raises:
        ShapeError: not square, or another number of names.

    Example:
        >>> figure = confusion_figure(np.array([[9, 1], [0, 10]]))
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['9', '1', '90.0%', '10', '100.0%']
    """
    from matplotlib.figure import Figure

    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise ShapeError("confusion_figure", expected="a matrix of shape (K, K)", got=str(counts.shape))
    names = [str(name) for name in (range(len(counts)) if classes is None else classes)]
    if len(names) != len(counts):
        raise ShapeError("confusion_figure", expected=f"{len(counts)} names of classes", got=str(len(names)))
    cell = min(0.5, (WIDTH - 1.6) / len(counts))  # inches
    longest = max(width_of(name, TEXT) for name in names)
    width = min(WIDTH, cell * len(counts) + longest + 1.2)
    height = cell * 0.8 * len(counts) + min(longest, 1.2) + 0.9
    figure = Figure(figsize=(width, height), layout="constrained")
    axes: Any = figure.add_subplot()
    _cells(axes, counts, TEXT if len(counts) < MANY else 72 * cell * 0.3)
    axes.set_xticks(range(len(names)), names, rotation=90 if longest > cell * 0.9 else 0)
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("predicted", fontsize=TEXT)
    axes.set_ylabel("true", fontsize=TEXT)
    axes.tick_params(length=0, labelsize=TEXT if len(counts) < MANY else SMALL - 1)
    axes.spines[:].set_visible(False)
    if title:
        head(figure, title, width)
    return figure


def _cells(axes: Any, counts: AnyArray, size: float) -> None:
    """Colours, the numbers in them, and each row's share of right ones."""
    import matplotlib as mpl
    from matplotlib.patches import Rectangle

    wrong = counts * (1 - np.eye(len(counts), dtype=counts.dtype))
    strength = np.sqrt(wrong / max(1, wrong.max()))  # few errors are seen beside many
    shades = mpl.colormaps["Oranges"](0.08 + 0.55 * strength)  # (K, K) -> (K, K, 4)
    axes.set(xlim=(-0.5, len(counts) - 0.5), ylim=(len(counts) - 0.5, -0.5))
    for row, values in enumerate(counts):
        for column, count in enumerate(values):
            if count or row == column:
                paint = RIGHT if row == column else tuple(shades[row, column])
                corner = (column - 0.5, row - 0.5)
                axes.add_patch(Rectangle(corner, 1, 1, facecolor=paint, edgecolor="white", linewidth=1.5))
            if count:
                axes.text(column, row, f"{count:,}", ha="center", va="center", fontsize=size)
        if values.sum():
            share = f"{values[row] / values.sum():.1%}"
            axes.text(len(counts) - 0.35, row, share, ha="left", va="center", fontsize=size, color=GREY)
