"""Figures inside a page: nothing to load, nothing that runs, and no two parts of one name."""

import base64
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from handgrad.errors import RunError
from handgrad.report.errors import ReportError
from handgrad.report.markdown import PICTURES

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"url\(#([^)]*)\)")
LEFT_OUT = ("metadata", "script", "foreignObject")


def embedded(path: Path, number: int, description: str) -> str:
    """A figure's file as a piece of HTML.

    Arguments:
        path: an SVG or a bitmap.
        number: of the figure; its parts' names begin with it.
        description: read to those who do not see it.

    Raises:
        RunError: it cannot be read.
        ReportError: an SVG that is no XML, or wants something from outside.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(str(path), expected="a figure", got=error.strerror or str(error)) from None
    if path.suffix.lower() == ".svg":
        return _inline(content, path, f"figure-{number}-", description)
    source = f"data:{PICTURES[path.suffix.lower()]};base64,{base64.b64encode(content).decode()}"
    return ElementTree.tostring(ElementTree.Element("img", src=source, alt=description), encoding="unicode")


def _inline(content: bytes, path: Path, prefix: str, description: str) -> str:
    """An SVG's root element, self-contained."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ReportError(str(path), expected="an SVG", got=f"no XML: {error}") from None
    if root.tag != f"{SVG}svg":
        raise ReportError(str(path), expected="an SVG", got=f"an XML of <{root.tag}>")
    _clean(root, path, prefix)
    root.attrib = {
        "xmlns": SVG[1:-1],
        "role": "img",
        "aria-label": description,
        # what Matplotlib says in a style sheet, which would hold for the whole page
        "style": "stroke-linejoin:round;stroke-linecap:butt",
        **root.attrib,
    }
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, path: Path, prefix: str) -> None:
    """Drop what is not drawn, give each name its prefix, and write names without namespaces."""
    for child in list(element):
        name = child.tag.removeprefix(SVG) if isinstance(child.tag, str) else "script"
        if "}" in name or name in LEFT_OUT or name == "style":
            element.remove(child)
        else:
            _clean(child, path, prefix)
    element.tag = element.tag.removeprefix(SVG)
    attributes = {}
    for key, value in element.attrib.items():
        key, value = ("href" if key == LINK else key), REFERENCE.sub(rf"url(#{prefix}\1)", value)
        if key == "id":
            value = prefix + value
        elif key == "href":
            if not value.startswith(("#", "data:image/")):
                raise ReportError(str(path), expected="a figure that needs nothing from outside", got=value)
            value = f"#{prefix}{value[1:]}" if value.startswith("#") else value
        if "}" not in key and not key.startswith("on"):
            attributes[key] = value
    element.attrib = attributes
