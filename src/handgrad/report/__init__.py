"""Figures and documents: made here and nowhere else, from plain numbers and text."""

from handgrad.report.bars import bars_figure
from handgrad.report.confusion import confusion_figure
from handgrad.report.curves import Chart, Line, curves_figure
from handgrad.report.document import check_renderers, write_report
from handgrad.report.errors import ReportError
from handgrad.report.histogram import histogram_figure
from handgrad.report.im2col import im2col_figure
from handgrad.report.pages import figure_inside, fill_page
from handgrad.report.pictures import pictures_figure
from handgrad.report.saving import check_ending, save_figure
from handgrad.report.speed import Bar, Panel, speed_figure
from handgrad.report.templating import render

__all__ = [
    "Bar",
    "Chart",
    "Line",
    "Panel",
    "ReportError",
    "bars_figure",
    "check_ending",
    "check_renderers",
    "confusion_figure",
    "curves_figure",
    "figure_inside",
    "fill_page",
    "histogram_figure",
    "im2col_figure",
    "pictures_figure",
    "render",
    "save_figure",
    "speed_figure",
    "write_report",
]
