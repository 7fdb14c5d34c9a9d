"""What goes wrong between a text and its document."""

from handgrad.errors import HandgradError


class ReportError(HandgradError, ValueError):
    """A document that cannot be made of its text, its numbers and its figures."""
