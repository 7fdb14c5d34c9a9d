"""A report's Markdown, read once for both of its documents."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handgrad.report.errors import ReportError

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
FORMULAS = ("math_inline", "math_inline_double", "math_block")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # which neither HTML nor PDF can hold


@dataclass(frozen=True)
class Document:
    """A text in parts.

    Arguments:
        title: of the document.
        name: of the file, for errors.
        folder: in which its figures are found.
        tokens: markdown-it's, with ``figure`` tokens for images, headings from level 2 down and each with an
            ``id``.
    """

    title: str
    name: str
    folder: Path
    tokens: list[Token] = field(repr=False)

    def place(self, token: Token) -> str:
        """Where a token stands, for errors."""
        return f"{self.name}, line {token.map[0] + 1}" if token.map else self.name

    def formulas(self) -> Iterator[Token]:
        """Every formula, in order."""
        for token in self.tokens:
            yield from (part for part in (token, *(token.children or ())) if part.type in FORMULAS)


def parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough and mathematics, and without raw HTML."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    markdown = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True})
    markdown.enable(["table", "strikethrough"])
    return markdown.use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)


def parse(markdown: str, folder: Path, *, title: str, name: str) -> Document:
    """Read a text: its headings below the title, its images as numbered figures.

    Arguments:
        markdown: the text. A first heading of level 1 that says the title is not repeated.
        folder: in which its figures are found.
        title: of the document.
        name: of the file, for errors.

    Raises:
        ReportError: a figure that is missing, has no caption or is of an unknown kind, an image amid other
            text, a link to a heading that is not there.
    """
    tokens = parser().parse(CONTROL.sub("\N{REPLACEMENT CHARACTER}", markdown))
    for token in tokens:
        for child in token.children or ():
            child.map = token.map  # of lines markdown-it tells blocks only
    document = Document(title, name, folder, tokens)
    if _begins_with_title(document.tokens, title):
        del document.tokens[:3]
    _number_figures(document)
    _arrange_headings(document)
    _check_links(document)
    return document


def _begins_with_title(tokens: list[Token], title: str) -> bool:
    return bool(tokens) and tokens[0].tag == "h1" and tokens[1].content.strip() == title.strip()


def with_title(markdown: str, title: str) -> str:
    """The text itself, under its title."""
    text = markdown.strip("\n") + "\n"
    return text if _begins_with_title(parser().parse(text), title) else f"# {title}\n\n{text}"


def _arrange_headings(document: Document) -> None:
    """Levels from 2 on, and a name for each to link to."""
    headings = [token for token in document.tokens if token.type == "heading_open"]
    shift = 2 - min((int(token.tag[1]) for token in headings), default=2)
    seen: dict[str, int] = {}
    for position, token in enumerate(document.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
        if token.type == "heading_open":
            slug = re.sub(r"[^\w\- ]", "", document.tokens[position + 1].content.lower()).replace(" ", "-")
            count = seen[slug] = seen.get(slug, -1) + 1
            token.attrs["id"] = f"{slug}-{count}" if count else slug or "section"


def _check_links(document: Document) -> None:
    """A link into the text leads somewhere."""
    targets = {str(token.attrs["id"]) for token in document.tokens if token.type == "heading_open"}
    for token in document.tokens:
        for child in token.children or ():
            address = str(child.attrs.get("href", ""))
            if address.startswith("#") and urllib.parse.unquote(address[1:]) not in targets:
                raise ReportError(
                    document.place(token), expected="links to headings of the text", got=address
                )


def _number_figures(document: Document) -> None:
    """Paragraphs of images alone become figures."""
    tokens, count, position = document.tokens, 0, 0
    while position < len(tokens):
        images = [child for child in tokens[position].children or () if child.type == "image"]
        if images:
            place = document.place(tokens[position])
            others = [
                child
                for child in tokens[position].children or ()
                if child.type not in ("image", "softbreak", "hardbreak") and child.content.strip()
            ]
            if others or tokens[position - 1].type != "paragraph_open":
                raise ReportError(
                    place, expected="an image alone on its line", got=f"{images[0].content!r} amid text"
                )
            figures = [
                _figure(image, count + number, document, place) for number, image in enumerate(images, 1)
            ]
            tokens[position - 1 : position + 2] = figures
            count += len(images)
            position += len(images) - 2
        position += 1


def _figure(image: Token, number: int, document: Document, place: str) -> Token:
    """An image with its number; its children are the caption."""
    from markdown_it.token import Token

    source = urllib.parse.unquote(str(image.attrs["src"]))
    path = document.folder / source
    if not image.content.strip():
        raise ReportError(place, expected=f"a caption for the figure {source}", got="none")
    if path.suffix.lower() not in PICTURES:
        raise ReportError(place, expected=f"a figure that ends in {', '.join(PICTURES)}", got=source)
    if not path.resolve().is_relative_to(document.folder.resolve()):
        raise ReportError(place, expected="figures inside the report's folder", got=source)
    if not path.is_file():
        raise ReportError(
            place,
            expected=f"the figure {source} in {document.folder}",
            got="no such file",
            hint="draw it before the report is written",
        )
    meta: dict[str, Any] = {"source": source, "path": path, "number": number}
    plain = "".join(child.content or " " for child in image.children or () if not child.nesting)
    return Token("figure", "figure", 0, children=image.children, content=plain, meta=meta, block=True)
