"""A report in Typst's language: calls of the functions of ``templates/page.typ``."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from handgrad.report.formulas import to_typst
from handgrad.report.markdown import Document

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

PAGE = Path(__file__).parent / "templates" / "page.typ"
ALIGN = re.compile(r"text-align:(left|right|center)")


def to_source(document: Document) -> str:
    """A document as a Typst program; all text is in string literals, so that nothing in it is markup.

    Arguments:
        document: from `parse`.

    Raises:
        ReportError: a formula that cannot be set.
    """
    from markdown_it.tree import SyntaxTreeNode

    body = Writer(document).content(SyntaxTreeNode(document.tokens))
    return f"{PAGE.read_text(encoding='utf-8')}#report({literal(document.title)})[\n{body}]\n"


def literal(text: str) -> str:
    """A string of Typst's, whatever is in the text.

    Example:
        >>> print(literal('a "b" \\\\ #c'))
        "a \\"b\\" \\\\ #c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


class Writer:
    """Walks a document's tree; one method for each kind of node.

    Arguments:
        document: whose tree it is.
    """

    def __init__(self, document: Document) -> None:
        self.document = document

    def content(self, node: SyntaxTreeNode) -> str:
        """All that is inside a node."""
        return "".join(self.write(child) for child in node.children)

    def write(self, node: SyntaxTreeNode) -> str:
        """A node as Typst markup."""
        method: Callable[[SyntaxTreeNode], str] = getattr(self, f"_{node.type}")
        return method(node)

    # inline

    def _inline(self, node: SyntaxTreeNode) -> str:
        return self.content(node)

    def _text(self, node: SyntaxTreeNode) -> str:
        text = node.content.strip(" ")
        before, after = node.content.startswith(" "), node.content.endswith(" ") and bool(text)
        return " " * before + (f"#{literal(text)};" if text else "") + " " * after

    def _softbreak(self, node: SyntaxTreeNode) -> str:
        return " "

    def _hardbreak(self, node: SyntaxTreeNode) -> str:
        return "#linebreak();"

    def _em(self, node: SyntaxTreeNode) -> str:
        return f"#emph[{self.content(node)}];"

    def _strong(self, node: SyntaxTreeNode) -> str:
        return f"#strong[{self.content(node)}];"

    def _s(self, node: SyntaxTreeNode) -> str:
        return f"#strike[{self.content(node)}];"

    def _code_inline(self, node: SyntaxTreeNode) -> str:
        return f"#raw({literal(node.content)});"

    def _link(self, node: SyntaxTreeNode) -> str:
        address = str(node.attrs["href"])
        target = literal(urllib.parse.unquote(address[1:]) if address.startswith("#") else address)
        return f"#link({f'label({target})' if address.startswith('#') else target})[{self.content(node)}];"

    def _math_inline(self, node: SyntaxTreeNode) -> str:
        return f"#formula({self._mathematics(node)});"

    def _math_inline_double(self, node: SyntaxTreeNode) -> str:
        return f"#display({self._mathematics(node)});"

    # blocks

    def _math_block(self, node: SyntaxTreeNode) -> str:
        return f"#display({self._mathematics(node)});\n\n"

    def _mathematics(self, node: SyntaxTreeNode) -> str:
        assert node.token is not None
        return literal(to_typst(node.content, self.document.place(node.token)))

    def _paragraph(self, node: SyntaxTreeNode) -> str:
        return f"{self.content(node)}\n\n"

    def _heading(self, node: SyntaxTreeNode) -> str:
        level = int(node.tag[1]) - 1
        return f"#heading(level: {level})[{self.content(node)}]#label({literal(str(node.attrs['id']))});\n\n"

    def _bullet_list(self, node: SyntaxTreeNode) -> str:
        return f"#list(tight: {_tight(node)}{self._items(node)});\n\n"

    def _ordered_list(self, node: SyntaxTreeNode) -> str:
        start = int(node.attrs.get("start", 1))
        return f"#enum(tight: {_tight(node)}, start: {start}{self._items(node)});\n\n"

    def _items(self, node: SyntaxTreeNode) -> str:
        return "".join(f", [{self.content(item)}]" for item in node.children)

    def _blockquote(self, node: SyntaxTreeNode) -> str:
        return f"#quote[{self.content(node)}];\n\n"

    def _hr(self, node: SyntaxTreeNode) -> str:
        return "#rule();\n\n"

    def _fence(self, node: SyntaxTreeNode) -> str:
        language = node.info.split(maxsplit=1)[:1]
        lang = f", lang: {literal(language[0])}" if language else ""
        return f"#raw({literal(node.content.rstrip(chr(10)))}, block: true{lang});\n\n"

    def _code_block(self, node: SyntaxTreeNode) -> str:
        return f"#raw({literal(node.content.rstrip(chr(10)))}, block: true);\n\n"

    def _figure(self, node: SyntaxTreeNode) -> str:
        source, text = literal(node.meta["source"]), literal(node.content)
        return f"#picture({source}, {text}, [{self.content(node)}]);\n\n"

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        sides = [ALIGN.search(str(cell.attrs.get("style", ""))) for cell in rows[0].children]
        align = "".join(f"{side[1] if side else 'left'}, " for side in sides)
        head, *cells = ("".join(f"[{self.content(cell)}], " for cell in row.children) for row in rows)
        return f"#grid-table(({align}), ({head}), {''.join(cells)});\n\n"


def _tight(node: SyntaxTreeNode) -> str:
    """Whether a list's items stand close together, as Typst spells it."""
    parts = [part for item in node.children for part in item.children if part.type == "paragraph"]
    return "true" if all(part.hidden for part in parts) else "false"
