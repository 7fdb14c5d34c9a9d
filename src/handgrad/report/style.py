"""What all figures have in common: a page's width, one palette, the sizes of their letters."""

from __future__ import annotations

import math
import textwrap
from typing import Any

WIDTH = 7.0
"""Inches: the width of a page's text, so that letters keep their size in print."""

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito (2008), told apart with any colour vision; their yellow is too pale for lines on white."""

INK = ("#00639B", "#B34E00", "#00785A", "#9E4C7C", "#8F6300", "#1B74A8", "#000000")
"""The palette again, dark enough for letters on white."""

GREY, PALE = "#555555", "#DDDDDD"
TITLE, TEXT, SMALL = 9, 8, 7  # points

CHARACTER = 0.58 / 72
"""The width of an average letter, in inches for each point of its size."""

LINE = 1.25 / 72
"""The distance of two lines of text, likewise."""


def colour(position: int) -> str:
    """The palette, over and over."""
    return PALETTE[position % len(PALETTE)]


def ink(position: int) -> str:
    """The same for letters."""
    return INK[position % len(INK)]


def wrap(text: str, inches: float, size: float) -> str:
    """Break a text into lines that fit a width.

    Example:
        >>> wrap("a label that is long", 0.7, 8)
        'a label\\nthat is\\nlong'
    """
    width = max(4, int(inches / (CHARACTER * size)))
    lines = (textwrap.wrap(line, width, break_on_hyphens=False) or [""] for line in text.splitlines())
    return "\n".join(part for line in lines for part in line)


def lines_of(text: str) -> int:
    """How many lines a text takes; an empty one none."""
    return text.count("\n") + 1 if text else 0


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in inches."""
    return max((len(line) for line in text.splitlines()), default=0) * CHARACTER * size


def number(value: float, digits: int = 4) -> str:
    """A number with as many digits as count, and thousands apart.

    Example:
        >>> [number(value) for value in (0.97314, 98.4, 431080, 1.2e-9, 0)]
        ['0.9731', '98.4', '431,080', '1.2e-09', '0']
    """
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    magnitude = math.floor(math.log10(abs(value)))
    if not -4 <= magnitude < 9:
        return f"{value:.{digits}g}"
    text = f"{value:,.{max(0, digits - 1 - magnitude)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def head(figure: Any, title: str, width: float = WIDTH) -> None:
    """Give a figure its title, in as many lines as it takes."""
    text = wrap(title, width / 1.15, TITLE)
    figure.suptitle(text, fontsize=TITLE, fontweight="bold", x=0.01, ha="left")


def dress(axes: Any, title: str, x_label: str = "", y_label: str = "") -> None:
    """Give a pair of axes its labels, and take away the frame that says nothing."""
    axes.set_title(title, fontsize=TITLE, loc="left", fontweight="bold")
    axes.set_xlabel(x_label, fontsize=TEXT)
    axes.set_ylabel(y_label, fontsize=TEXT)
    axes.tick_params(labelsize=TEXT, color=GREY)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
