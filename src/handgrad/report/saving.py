"""Figures as files: SVG, PNG or PDF, the same bytes for the same figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from handgrad.errors import ArgumentError, RunError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDINGS = (".svg", ".png", ".pdf")
STABLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, searchable, no curves that differ between versions
    "svg.hashsalt": "handgrad",
}


def check_ending(path: Path) -> None:
    """Refuse a file name by which it is not clear what to write.

    Raises:
        ArgumentError: another ending than .svg, .png or .pdf.
    """
    if path.suffix.lower() not in ENDINGS:
        raise ArgumentError(str(path), expected=f"a name that ends in {', '.join(ENDINGS)}", got=path.name)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure; the same figure gives the same SVG, byte for byte.

    Arguments:
        figure: any of this room.
        path: ends in .svg, .png or .pdf.

    Raises:
        ArgumentError: another ending.
        RunError: the file cannot be written.
    """
    import matplotlib as mpl

    check_ending(path)
    dates: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    with mpl.rc_context(STABLE):
        try:
            figure.savefig(path, dpi=150, metadata=dates.get(path.suffix.lower()))
        except OSError as error:
            raise RunError(
                str(path), expected="a place to write to", got=error.strerror or str(error)
            ) from None
