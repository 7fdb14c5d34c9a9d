"""Pictures in a grid: digits, templates, feature maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.errors import ArgumentError, ShapeError
from handgrad.report.style import GREY, LINE, SMALL, TEXT, TITLE, WIDTH, lines_of, number, width_of, wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST, GAP = 1.15, 0.07  # inches: a picture's width, the space between two
FINE = 200  # pixels: what a picture is enlarged to before a viewer can blur it
BAR = 0.75  # inches for the colour bar and its numbers
SHOWN = 0.998  # of many signed numbers the share that colours tell apart: extremes would leave all pale


def pictures_figure(
    images: AnyArray,
    *,
    titles: Sequence[str] = (),
    columns: int = 10,
    title: str = "",
    signed: bool = False,
    rows: Sequence[str] = (),
) -> Figure:
    """Draw images in a grid, row by row.

    Arguments:
        images: (N, H, W), bytes or floats; each has its own scale, smallest black, largest white.
        titles: one above each image, or none.
        columns: how many stand side by side.
        title: above all.
        signed: one scale for all instead, from blue (negative) through white (0) to red, with a colour bar;
            of more than 500 numbers the most extreme 0.2% share the two ends.
        rows: a label at the left of each row, or none.

    Raises:
        ShapeError: another shape, no images, or another number of titles or of row labels.
        ArgumentError: fewer than one column.

    Example:
        >>> figure = pictures_figure(np.eye(8)[None], titles=["a diagonal"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['a diagonal']
    """
    from matplotlib.figure import Figure

    images = np.asarray(images)
    _check(images, titles, columns, rows)
    columns = min(columns, len(images))
    labels = [wrap(label, 1.2, TEXT) for label in rows]
    left = max((width_of(label, TEXT) for label in labels), default=0.0) + (0.1 if rows else 0.0)
    right = BAR if signed else 0.0
    width = min(LARGEST, (WIDTH - left - right - GAP * (columns - 1)) / columns)
    height = width * images.shape[1] / images.shape[2]
    words = [wrap(text, width + GAP / 2, SMALL) for text in titles]
    above = [_above(words[start : start + columns]) for start in range(0, len(images), columns)]
    total = max(left + columns * (width + GAP) - GAP + right, min(WIDTH, width_of(title, TITLE) * 1.15))
    heading = wrap(title, total / 1.15, TITLE)
    top = 0.03 + (lines_of(heading) * TITLE * LINE + 0.06 if title else 0.0)
    tops = [top + sum(above[: row + 1]) + row * (height + GAP) for row in range(len(above))]
    bottom = tops[-1] + height + 0.03

    figure = Figure(figsize=(total + 0.04, bottom))
    axes: Any = figure.add_axes((0, 0, 1, 1))  # in inches from the upper left corner
    axes.set_axis_off()
    limit, clipped = _limit(images) if signed else (0.0, False)
    for position, image in enumerate(images):
        row, column = divmod(position, columns)
        x, y = left + column * (width + GAP), tops[row]
        axes.imshow(
            _enlarged(_coloured(image, limit)), extent=(x, x + width, y + height, y), interpolation="none"
        )
        if words:
            axes.text(x + width / 2, y - 0.03, words[position], ha="center", va="bottom", fontsize=SMALL)
        if rows and not column:
            axes.text(left - 0.08, y + height / 2, labels[row], ha="right", va="center", fontsize=TEXT)
    if title:
        axes.text(0.01, 0.03, heading, ha="left", va="top", fontsize=TITLE, fontweight="bold")
    axes.set(xlim=(0, total + 0.04), ylim=(bottom, 0), aspect="auto")
    if signed:
        x = left + columns * (width + GAP) + 0.06
        box = (x / (total + 0.04), 0.05, 0.1 / (total + 0.04), 1 - tops[0] / bottom - 0.05)
        _colour_bar(figure.add_axes(box), limit, clipped)
    return figure


def _check(images: AnyArray, titles: Sequence[str], columns: int, rows: Sequence[str]) -> None:
    """Refuse what does not fit together."""
    where = "pictures_figure"
    if images.ndim != 3 or not images.size:
        raise ShapeError(where, expected="images of shape (N, H, W)", got=str(images.shape))
    if columns < 1:
        raise ArgumentError(where, expected="columns of at least 1", got=str(columns))
    if titles and len(titles) != len(images):
        raise ShapeError(where, expected=f"a title for each of {len(images)} images", got=str(len(titles)))
    count = math.ceil(len(images) / columns)
    if rows and len(rows) != count:
        raise ShapeError(where, expected=f"a label for each of {count} rows", got=str(len(rows)))


def _above(words: Sequence[str]) -> float:
    """The room for one row's titles."""
    lines = max((lines_of(text) for text in words), default=0)
    return lines * SMALL * LINE + 0.04 if lines else 0.0


def _limit(images: AnyArray) -> tuple[float, bool]:
    """The distance from 0 at which the colours end, and whether there are numbers beyond it."""
    sizes = np.abs(images[np.isfinite(images)].astype(float))
    if not sizes.any():
        return 1.0, False
    limit = float(np.quantile(sizes, SHOWN, method="higher")) or float(sizes.max())
    return limit, bool((sizes > limit).any())


def _coloured(image: AnyArray, limit: float) -> AnyArray:
    """Values as colours: grey in the image's own range, or diverging from -limit to limit."""
    import matplotlib as mpl

    values = np.nan_to_num(image.astype(float), nan=0.0, posinf=0.0, neginf=0.0)
    if limit:
        return np.asarray(mpl.colormaps["RdBu_r"](0.5 + values / (2 * limit), bytes=True))[..., :3]
    low, high = values.min(), values.max()
    grey = (values - low) / (high - low) if high > low else np.zeros_like(values)
    return np.repeat(np.rint(grey * 255).astype(np.uint8)[..., None], 3, axis=-1)  # (H, W) -> (H, W, 3)


def _enlarged(image: AnyArray) -> AnyArray:
    """Each pixel as a square of several, so that no viewer smooths them into each other."""
    factor = max(1, FINE // max(image.shape[:2]))
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def _colour_bar(axes: Any, limit: float, clipped: bool) -> None:
    """Which colour is which number."""
    scale = np.linspace(limit, -limit, 129)[:, None]
    axes.imshow(_coloured(scale, limit), extent=(0, 1, -limit, limit), aspect="auto", interpolation="none")
    axes.set_xticks([])
    axes.yaxis.tick_right()
    below, above = ("≤ ", "≥ ") if clipped else ("", "")
    axes.set_yticks([-limit, 0, limit], [below + number(-limit, 2), "0", above + number(limit, 2)])
    axes.tick_params(labelsize=SMALL, color=GREY)
    axes.spines[:].set_color(GREY)
