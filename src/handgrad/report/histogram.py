"""How often each value occurs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.errors import ShapeError
from handgrad.report.style import GREY, PALETTE, TEXT, WIDTH, dress, head, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 20
"""Columns at most."""


def histogram_figure(values: Sequence[float], highest: float, *, x_label: str, title: str = "") -> Figure:
    """Draw in columns how many values there are from 0 up to the highest.

    Columns are as wide as a whole number of units, the first begins at 0 and the last holds its upper end;
    values above the highest widen the axis.

    Arguments:
        values: not negative.
        highest: that can be expected.
        x_label: what the numbers are.
        title: above them.

    Raises:
        ShapeError: no values.

    Example:
        >>> figure = histogram_figure([1, 2, 2, 20], 20, x_label="points")
        >>> [int(bar.get_height()) for bar in figure.axes[0].patches if bar.get_height()]
        [1, 2, 1]
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    if not len(values):
        raise ShapeError("histogram_figure", expected="at least one value", got="none")
    most = max(highest, *values, 1.0)
    width = max(1.0, np.ceil(most / MOST))
    edges = np.arange(0.0, np.ceil(most / width) * width + width / 2, width)
    counts, _ = np.histogram(values, edges)
    figure = Figure(figsize=(WIDTH, 2.2 + (0.25 if title else 0)), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.bar(edges[:-1], counts, width * 0.92, align="edge", color=PALETTE[0], linewidth=0)
    for left, count in zip(edges, counts, strict=False):
        if count:
            place = (left + width * 0.46, count)
            axes.annotate(
                number(count), place, xytext=(0, 2), textcoords="offset points", ha="center", fontsize=TEXT
            )
    dress(axes, "", x_label)
    axes.set_xlim(-0.02 * edges[-1], edges[-1])
    axes.set_ylim(0, max(counts.max() * 1.15, 1.15))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.spines["bottom"].set_color(GREY)
    if title:
        head(figure, title)
    return figure
