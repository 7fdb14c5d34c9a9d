"""Figures: drawn here and nowhere else, from plain numbers."""

from handgrad.report.speed import Bar, Panel, check_ending, save_figure, speed_figure

__all__ = ["Bar", "Panel", "check_ending", "save_figure", "speed_figure"]
