"""A report as a PDF, by Typst."""

from __future__ import annotations

from pathlib import Path

from handgrad.report.errors import ReportError
from handgrad.report.formulas import refused, to_typst
from handgrad.report.markdown import Document
from handgrad.report.typesetting import PAGE, literal, to_source


def to_pdf(document: Document) -> bytes:
    """A document as A4 pages; the same document gives the same bytes.

    Arguments:
        document: from `parse`.

    Raises:
        ReportError: a formula or a figure that Typst cannot set.
    """
    import typst

    source = to_source(document)
    try:
        return _compile(source, document.folder)
    except typst.TypstError as error:
        _try_formulas(document)
        raise ReportError(document.name, expected="a text that can be set", got=error.message) from None


def _try_formulas(document: Document) -> None:
    """Set each formula alone, to name the one that cannot be.

    Raises:
        ReportError: for the first of them.
    """
    import typst

    for token in document.formulas():
        formula = literal(to_typst(token.content, document.place(token)))
        try:
            _compile(f"{PAGE.read_text(encoding='utf-8')}#formula({formula})", document.folder)
        except typst.TypstError as error:
            raise refused(token.content, document.place(token), error.message) from None


def _compile(source: str, folder: Path) -> bytes:
    """A Typst program's PDF."""
    import matplotlib as mpl
    import typst

    fonts = Path(mpl.get_data_path(), "fonts", "ttf")  # the letters of the figures
    compiler = typst.Compiler(source.encode(), root=folder, font_paths=typst.Fonts(font_paths=[fonts]))
    pages = compiler.compile(format="pdf")
    assert isinstance(pages, bytes)
    return pages
