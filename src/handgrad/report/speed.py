"""Speeds as horizontal bars: one panel for each comparison, one bar for each contestant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handgrad.errors import ArgumentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"handgrad": "#0072B2", "PyTorch": "#E69F00", "JAX": "#009E73"}
"""By family; from the palette of Okabe and Ito (2008), told apart with any colour vision and in grey."""

OTHER = "#999999"
HATCH = "////"
ROW, FRAME, COLUMN = 0.27, 0.85, 5.2  # inches: a bar's height, a panel's frame, a panel's width


@dataclass(frozen=True)
class Bar:
    """One contestant's speed.

    Arguments:
        label: who it is.
        family: which decides its colour; see `COLOURS`.
        median: its speed.
        low, high: the slowest and the fastest of the repeats.
        note: printed behind the number, such as "2.1x".
        hatched: whether it differs from the others in kind.
    """

    label: str
    family: str
    median: float
    low: float
    high: float
    note: str = ""
    hatched: bool = False


@dataclass(frozen=True)
class Panel:
    """Some bars with one axis.

    Arguments:
        title: above it.
        unit: of the numbers; labels the axis.
        bars: from top to bottom.
    """

    title: str
    unit: str
    bars: tuple[Bar, ...]


def speed_figure(panels: Sequence[Panel], caption: str = "", columns: int = 2) -> Figure:
    """Draw panels of bars, each with the range of its repeats as a thin line.

    Arguments:
        panels: filled in row by row.
        caption: small, below everything: the machine.
        columns: how many panels stand side by side.

    Raises:
        ArgumentError: no panel.

    Example:
        >>> panel = Panel("lenet", "images/s", (Bar("handgrad", "handgrad", 2000, 1900, 2050),))
        >>> len(speed_figure([panel]).axes)
        1
    """
    from matplotlib.figure import Figure

    if not panels:
        raise ArgumentError("speed_figure", expected="at least one panel", got="none")
    columns = min(columns, len(panels))
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    heights = [FRAME + ROW * max(1, *(len(panel.bars) for panel in row)) for row in rows]
    lines = caption.count("\n") + 1 if caption else 0
    figure = Figure(figsize=(COLUMN * columns, sum(heights) + 0.2 * lines), layout="constrained")
    grid = figure.add_gridspec(len(rows), columns, height_ratios=heights)
    for position, panel in enumerate(panels):
        _draw(figure.add_subplot(grid[divmod(position, columns)]), panel)
    if caption:
        figure.supxlabel(caption, fontsize=7, color="#555555", x=0.01, ha="left")
    return figure


def _draw(axes: Any, panel: Panel) -> None:
    """One panel."""
    longest = max((bar.high for bar in panel.bars), default=1.0)
    for position, bar in enumerate(panel.bars):
        axes.barh(
            position,
            bar.median,
            height=0.7,
            color=COLOURS.get(bar.family, OTHER),
            hatch=HATCH if bar.hatched else None,
            edgecolor="white" if bar.hatched else "none",
            linewidth=0,
        )
        axes.plot([bar.low, bar.high], [position, position], color="black", linewidth=1.2)
        text = f"{_number(bar.median)}{f'  {bar.note}' if bar.note else ''}"
        axes.text(max(bar.median, bar.high) + longest * 0.015, position, text, va="center", fontsize=8)
    axes.set_yticks(range(len(panel.bars)), [bar.label for bar in panel.bars], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, longest * 1.42)  # room for the numbers
    axes.xaxis.set_major_formatter(lambda value, _: _number(value))
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(panel.unit, fontsize=8)
    axes.set_title(panel.title, fontsize=9, loc="left", fontweight="bold")
    axes.spines[["top", "right", "left"]].set_visible(False)


def _number(value: float) -> str:
    """Three digits that count, and no more."""
    if value and abs(value) < 100:
        return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}".rstrip("0").rstrip(".")
    return f"{value:,.0f}"
