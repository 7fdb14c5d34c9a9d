"""A report: one text, three files that say the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from handgrad.errors import RunError
from handgrad.files import write_atomically
from handgrad.report.errors import ReportError
from handgrad.report.html import to_html
from handgrad.report.markdown import parse, with_title
from handgrad.report.pdf import to_pdf

RENDERERS = {
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "latex2mathml": "latex2mathml",
    "tex2typst": "tex2typst",
    "typst": "typst",
}
"""What reports are made with: the module, and the package that brings it."""


def check_renderers() -> None:
    """See whether all that reports are made with is installed.

    Raises:
        ReportError: something is missing; says which, and how to get it.
    """
    missing = [package for module, package in RENDERERS.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ReportError(
            "reports",
            expected="the packages that make HTML and PDF",
            got=f"no {', no '.join(missing)}",
            hint="run pip install 'handgrad[courses]'",
        )


def write_report(markdown: str, folder: Path, *, title: str, stem: str = "report") -> list[Path]:
    """Write a text as Markdown, as one HTML file that needs no other, and as a PDF.

    The text is CommonMark with tables, ``$...$`` and ``$$...$$`` in LaTeX, and figures as
    ``![Caption.](figures/NAME.svg)``, each alone on its line. The same text and figures give the same bytes.

    Arguments:
        markdown: the text. Where it does not begin with the title, the title is put above it.
        folder: of the report and its figures.
        title: of the document.
        stem: of the files' names.

    Returns:
        the Markdown, the HTML and the PDF file.

    Raises:
        ReportError: a formula that cannot be set, a figure that is missing, a package that is not installed.
            The Markdown is there all the same, to be looked into: errors tell its lines.
        RunError: the folder cannot be written.
    """
    check_renderers()
    if not folder.is_dir():
        raise RunError(str(folder), expected="a folder for the report", got="none")
    text = with_title(markdown, title)
    paths = [folder / f"{stem}{ending}" for ending in (".md", ".html", ".pdf")]
    write_atomically(paths[0], text.encode())
    document = parse(text, folder, title=title, name=f"{stem}.md")
    html, pdf = to_html(document), to_pdf(document)
    write_atomically(paths[1], html.encode())
    write_atomically(paths[2], pdf)
    return paths
