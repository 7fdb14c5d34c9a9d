"""Reading the pages of a grading, and a submission that tries to get out of its place on them."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace

from handgrad.grading.result import Item, Part, Result
from tests.grading.made_results import HOSTILE, result

XHTML = "{http://www.w3.org/1999/xhtml}"
NASTY = (
    Item("fc", HOSTILE, 1.0, 4.0, "partly", HOSTILE, (Part(HOSTILE, False, HOSTILE), Part("dx", True)),
         HOSTILE, HOSTILE, "docs/ops/linear.md"),
    Item("pooling", "P", 0.0, 4.0, "failed", HOSTILE, cause=HOSTILE),
)  # fmt: skip


def nasty() -> Result:
    return replace(result(HOSTILE, items=NASTY), events=(HOSTILE,), warnings=(HOSTILE,), tier=HOSTILE)


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def all_of(root: ElementTree.Element, tag: str, name: str = "") -> Iterator[ElementTree.Element]:
    return (each for each in root.iter(f"{XHTML}{tag}") if not name or name in each.get("class", "").split())


def check_harmless(root: ElementTree.Element) -> None:
    """Nothing runs, nothing is loaded, everything is escaped."""
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "img", "form"})
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert not value.startswith(("http", "javascript", "data"))
            assert key != "src"
    for style in all_of(root, "style"):
        assert "url(" not in str(style.text)
        assert "prefers-color-scheme: dark" in str(style.text)
    assert "<script>alert(1)</script>" in words(root)
    assert "\x07" not in words(root)
