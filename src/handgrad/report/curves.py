"""Curves over steps or epochs: loss, accuracy, whatever was measured on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from handgrad.errors import ArgumentError, ShapeError
from handgrad.report.style import LINE, TEXT, TITLE, WIDTH, colour, dress, head, ink, lines_of, wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = {1: 3.4, 2: 2.5}  # inches, by columns
SHORT = 300  # the highest number over the lowest: below that a logarithmic axis has few powers of ten
DASHES = {"solid": "-", "dashed": (0, (4, 2)), "dotted": (0, (1, 1.5)), "points": "none"}


ENDS = {"shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}  # a pointer begins at the left of its label


Style: TypeAlias = Literal["solid", "dashed", "dotted", "points"]


@dataclass(frozen=True)
class Line:
    """One curve.

    Arguments:
        label: written at its end; the same label has the same colour in all charts of a figure.
        x, y: equally many numbers; what is not finite leaves a gap.
        style: how it is drawn.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    style: Style = "solid"


@dataclass(frozen=True)
class Chart:
    """One pair of axes.

    Arguments:
        title, x_label, y_label: its words.
        lines: its curves.
        y_range: lower and upper end of the y axis; from the curves where none is given.
        log: whether the y axis is logarithmic.
    """

    title: str
    x_label: str
    y_label: str
    lines: Sequence[Line]
    y_range: tuple[float, float] | None = None
    log: bool = False


def curves_figure(charts: Sequence[Chart], *, columns: int = 2, title: str = "") -> Figure:
    """Draw charts side by side, each curve with its label at its end.

    Arguments:
        charts: filled in row by row.
        columns: how many stand side by side.
        title: above all.

    Raises:
        ArgumentError: no chart.
        ShapeError: a curve with another number of x than of y.

    Example:
        >>> chart = Chart("Loss", "step", "loss", [Line("train", [0, 1, 2], [2.3, 0.9, 0.5])])
        >>> len(curves_figure([chart]).axes)
        1
    """
    from matplotlib.figure import Figure

    if not charts:
        raise ArgumentError("curves_figure", expected="at least one chart", got="none")
    columns = max(1, min(columns, len(charts)))
    rows = math.ceil(len(charts) / columns)
    height = HEIGHT.get(columns, 2.2) * rows + (0.3 if title else 0)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    grid = figure.add_gridspec(rows, columns)
    labels = dict.fromkeys(line.label for chart in charts for line in chart.lines)
    places = {label: position for position, label in enumerate(labels)}
    ends = []
    for position, chart in enumerate(charts):
        axes = figure.add_subplot(grid[divmod(position, columns)])
        ends.append((axes, _draw(axes, chart, places, WIDTH / columns)))
    if title:
        head(figure, title)
    figure.draw_without_rendering()  # only now is it known how high the axes are
    for axes, texts in ends:
        _spread(axes, texts)
    return figure


def _draw(axes: Any, chart: Chart, places: dict[str, int], width: float) -> list[Any]:
    """One chart; returns the labels at the right of its curves."""
    dress(axes, wrap(chart.title, width - 0.6, TITLE), chart.x_label, chart.y_label)
    axes.grid(axis="y", color="#EEEEEE", linewidth=0.8)
    axes.set_axisbelow(True)
    ends = []
    for line in chart.lines:
        x, y = np.asarray(line.x, float), np.asarray(line.y, float)
        if x.shape != y.shape or x.ndim != 1:
            raise ShapeError(
                f"curve {line.label!r}", expected="equally many x and y", got=f"{x.shape} and {y.shape}"
            )
        y = np.where(np.isfinite(y) & ((y > 0) | (not chart.log)), y, np.nan)
        axes.plot(
            x,
            y,
            color=colour(places[line.label]),
            linewidth=1.4,
            linestyle=DASHES[line.style],
            marker="o" if line.style == "points" or np.isfinite(y).sum() == 1 else None,
            markersize=3.5,
        )
        ends.append((line.label, x[np.isfinite(y)], y[np.isfinite(y)]))
    if chart.log and any(len(y) for _, _, y in ends):
        axes.set_yscale("log")
        _number_between_powers(axes)
    if chart.y_range:
        axes.set_ylim(chart.y_range)
    axes.locator_params(axis="x", nbins=max(3, int(width * 1.4)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    return [_label(axes, label, x, y, places[label], width) for label, x, y in ends if label]


def _number_between_powers(axes: Any) -> None:
    """A logarithmic axis too short for powers of ten alone has 0.2 and 0.5 as well, as plain numbers."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axes.get_ylim()
    axes.yaxis.set_minor_formatter(NullFormatter())
    if high / low < SHORT:
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")


def _label(axes: Any, label: str, x: Any, y: Any, place: int, width: float) -> Any:
    """A label beyond the right edge, and a thin line to it from where its curve ends."""
    low, high = axes.get_ylim()
    end = (x[-1], min(max(y[-1], low), high)) if len(y) else (axes.get_xlim()[1], low)
    return axes.annotate(
        wrap(label, width * 0.3, TEXT),
        xy=end,
        xytext=(1.04, 0.5),
        textcoords="axes fraction",
        fontsize=TEXT,
        color=ink(place),
        va="center",
        linespacing=1.0,
        annotation_clip=False,
        arrowprops={"arrowstyle": "-", "color": colour(place), "linewidth": 0.6, **ENDS},
    )


def _spread(axes: Any, texts: list[Any]) -> None:
    """Move labels up and down until none lies over another, each as near its curve's end as can be."""
    if not texts:
        return
    height = axes.get_window_extent().height / axes.figure.dpi
    to_axes = axes.transAxes.inverted()
    wanted = [to_axes.transform(axes.transData.transform(text.xy))[1] for text in texts]
    sizes = [lines_of(text.get_text()) * (TEXT + 1) * LINE / height for text in texts]
    order = np.argsort(wanted, kind="stable")
    heights: list[float] = []
    for place in order:  # from below: never nearer to the one before than half of both
        lowest = heights[-1] + (sizes[place] + sizes[order[len(heights) - 1]]) / 2 if heights else -0.1
        heights.append(max(wanted[place], lowest))
    ceiling = 1.05
    for position in reversed(range(len(order))):  # and from above, where that pushed them out
        size = sizes[order[position]]
        heights[position] = min(heights[position], ceiling - size / 2)
        ceiling = heights[position] - size / 2
    for place, level in zip(order, heights, strict=True):
        texts[place].set_position((1.04, level))
