"""How the classes of five courses look: one description for each, and the plain style for all others."""

from handgrad.checks.passes.piece import Target
from handgrad.checks.styles import cmu10601, cs5242, hw5, project3, thu
from handgrad.checks.styles.interface import Interface, Layout, Style

STYLES: dict[str, Style] = {room.STYLE.name: room.STYLE for room in (hw5, project3, cmu10601, thu, cs5242)}
"""By the course's name."""

__all__ = ["STYLES", "Interface", "Layout", "Style", "Target"]
