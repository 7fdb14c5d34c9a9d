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

    Each column stands over a whole number, 0 first, and counts the values that are nearest to it; values
    above the highest widen the axis.

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
    centres = np.arange(0.0, np.ceil(most / width) * width + width / 2, width)
    counts, _ = np.histogram(values, np.append(centres - width / 2, centres[-1] + width / 2))
    figure = Figure(figsize=(WIDTH, 2.2 + (0.25 if title else 0)), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.bar(centres, counts, width * 0.92, color=PALETTE[0], linewidth=0)
    for centre, count in zip(centres, counts, strict=True):
        if count:
            axes.annotate(
                number(count), (centre, count), xytext=(0, 2), textcoords="offset points", ha="center",
                fontsize=TEXT,
            )  # fmt: skip
    dress(axes, "", x_label)
    axes.set_xlim(-0.7 * width, centres[-1] + 0.7 * width)
    axes.set_ylim(0, max(counts.max() * 1.15, 1.15))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, steps=[1, 2, 4, 5, 10]))
    axes.spines["bottom"].set_color(GREY)
    if title:
        head(figure, title)
    return figure
