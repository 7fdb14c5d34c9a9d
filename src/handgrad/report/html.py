"""A report as one HTML file: figures and formulas inside, no script, nothing to load."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handgrad.report.markdown import Document, parser
from handgrad.report.mathml import to_mathml
from handgrad.report.pages import fill_page
from handgrad.report.svg import embedded

if TYPE_CHECKING:
    from markdown_it.token import Token

MARKS = (".", ",", ";", ":", "!", "?", ")")


def to_html(document: Document) -> str:
    """A document as a whole page.

    Arguments:
        document: from `parse`.

    Raises:
        ReportError: a formula that cannot be set, a figure that cannot be shown.
    """
    from markupsafe import Markup

    markdown = parser()
    for name, rule in RULES.items():
        markdown.add_render_rule(name, rule)
    body = markdown.renderer.render(document.tokens, markdown.options, {"document": document})
    return fill_page("page.html", {"title": document.title, "body": Markup(body)})


def _figure(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    number = token.meta["number"]
    picture = embedded(token.meta["path"], number, token.content)
    caption = self.renderInline(token.children or [], options, env)
    return (
        f'<figure id="figure-{number}">\n{picture}\n'
        f"<figcaption><b>Figure {number}:</b> {caption}</figcaption>\n</figure>\n"
    )


def _formula(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    document: Document = env["document"]
    mathml = to_mathml(token.content, document.place(token), display=token.type != "math_inline")
    if token.type == "math_inline":
        mark = _mark_after(tokens, index)
        return f'<span class="kept">{mathml}{mark}</span>' if mark else mathml
    return f'<span class="formula">{mathml}</span>' + ("\n" if token.block else "")


def _text(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    done = len(_mark_after(tokens, index - 1)) if index else 0
    return html.escape(tokens[index].content[done:])


def _mark_after(tokens: Sequence[Token], index: int) -> str:
    """The full stop, or the like, behind a formula; without care it would begin the next line."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if tokens[index].type != "math_inline" or following is None or following.type != "text":
        return ""
    return following.content[:1] if following.content.startswith(MARKS) else ""


def _table(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return '<div class="table">\n<table>\n' if tokens[index].nesting > 0 else "</table>\n</div>\n"


RULES = {
    "text": _text,
    "figure": _figure,
    "math_inline": _formula,
    "math_inline_double": _formula,
    "math_block": _formula,
    "table_open": _table,
    "table_close": _table,
}
