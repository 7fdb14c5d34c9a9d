"""One number for each of several things, to be compared at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ShapeError
from handgrad.report.style import (
    GREY,
    INK,
    LINE,
    PALE,
    PALETTE,
    TEXT,
    WIDTH,
    dress,
    head,
    lines_of,
    number,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NARROW = 0.25
"""Of the largest value: where all lie nearer together, bars from 0 would look the same."""


def bars_figure(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    x_label: str,
    title: str = "",
    reference: tuple[str, float] | None = None,
    error: Sequence[float] | None = None,
) -> Figure:
    """Draw horizontal bars, each with its number.

    Values that differ by little compared with their size (accuracies) are drawn as dots on a cut axis
    instead: a bar's length is only honest from 0.

    Arguments:
        labels: from top to bottom.
        values: one for each; what is not finite has its label and number, but no bar.
        x_label: what the numbers are.
        title: above them.
        reference: a vertical line with its label.
        error: how far each value may be off, to either side.

    Raises:
        ShapeError: no values, or not one for each label.

    Example:
        >>> figure = bars_figure(["MLP", "CNN"], [10.5, 32], x_label="seconds")
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['10.5', '32']
    """
    from matplotlib.figure import Figure

    lengths = np.asarray(values, float)
    spread = np.zeros_like(lengths) if error is None else np.asarray(error, float)
    if lengths.shape != (len(labels),) or spread.shape != lengths.shape or not len(labels):
        raise ShapeError(
            "bars_figure",
            expected="a value, and an error where there are any, for each label",
            got=f"{len(labels)} labels, {lengths.shape} values, {spread.shape} errors",
        )
    words = [wrap(label, WIDTH * 0.36, TEXT) for label in labels]
    height = 0.75 + sum(0.12 + lines_of(word) * TEXT * LINE for word in words) + (0.2 if reference else 0.0)
    figure = Figure(figsize=(WIDTH, height + (0.25 if title else 0)), layout="constrained")
    axes: Any = figure.add_subplot()
    ends = np.concatenate([lengths - spread, lengths + spread, [reference[1]] if reference else []])
    ends = ends[np.isfinite(ends)]
    dots = bool(ends.size) and ends.min() > 0 and ends.max() - ends.min() < NARROW * ends.max()
    low, high = (ends.min(), ends.max()) if ends.size else (0.0, 1.0)
    if not dots:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) or abs(high) or 1.0
    axes.set_xlim(low - room * (0.14 if low < 0 else 0.08 * dots), high + room * 0.14)
    _marks(axes, lengths, spread, dots)
    axes.set_yticks(range(len(words)), words)
    axes.set_ylim(len(words) - 0.4, -0.6)
    dress(axes, "", x_label)
    axes.locator_params(axis="x", nbins=6)
    axes.xaxis.set_major_formatter(lambda value, _: number(value, 6))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if not dots:
        axes.axvline(0, color=GREY, linewidth=0.8)
    if reference:
        _reference(axes, *reference)
    if title:
        head(figure, title)
    return figure


def _marks(axes: Any, lengths: Array, spread: Array, dots: bool) -> None:
    """Bars or dots, their errors and their numbers."""
    for position, (length, reach) in enumerate(zip(lengths, spread, strict=True)):
        known = np.isfinite(length)
        if dots:
            axes.axhline(position, color=PALE, linewidth=0.8, zorder=0)
            axes.plot([length], [position], "o", color=PALETTE[0], markersize=6)
        elif known:
            axes.barh(position, length, height=0.62, color=PALETTE[0], linewidth=0)
        if known and reach:
            axes.plot([length - reach, length + reach], [position, position], color="black", linewidth=1.2)
        left = known and length < 0
        end = length + (-reach if left else reach) if known else axes.get_xlim()[0] if dots else 0.0
        axes.annotate(
            f"{number(length)} ± {number(reach, 2)}" if known and reach else number(length),
            (end, position),
            xytext=(-5 if left else 5, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=TEXT,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8} if dots else None,
        )


def _reference(axes: Any, label: str, value: float) -> None:
    """A value from elsewhere, as a line through all rows."""
    low, high = axes.get_xlim()
    axes.axvline(value, color=PALETTE[1], linewidth=1.2, linestyle=(0, (4, 2)), zorder=1)
    right = value > (low + high) / 2
    axes.annotate(
        f"{label}: {number(value)}",
        (value, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(2 if right else -2, 2),
        textcoords="offset points",
        ha="right" if right else "left",
        va="bottom",
        fontsize=TEXT,
        color=INK[1],
    )
