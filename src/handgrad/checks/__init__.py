"""Checks that diagnose: is a layer right, and if not, which line is wrong, and why.

`check` takes what a student wrote: functions, classes in the style of five courses (`STYLES` describes them),
or anything with ``forward`` and ``backward``. A hypothesis is an object that predicts what the wrong numbers
would be if it were true; the one that explains them is reported.
"""

from handgrad.checks.check import check
from handgrad.checks.checking import Piece
from handgrad.checks.child import check_in_child
from handgrad.checks.files import check_path
from handgrad.checks.finding import Finding
from handgrad.checks.recognising import UnrecognisedError
from handgrad.checks.report import Check
from handgrad.checks.styles import STYLES, Interface, Layout, Style, Target

__all__ = [
    "STYLES",
    "Check",
    "Finding",
    "Interface",
    "Layout",
    "Piece",
    "Style",
    "Target",
    "UnrecognisedError",
    "check",
    "check_in_child",
    "check_path",
]
