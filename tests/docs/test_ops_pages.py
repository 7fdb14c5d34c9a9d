"""docs/ops: every number is computed, every op has its page, every link leads somewhere.

What a page shows in ```python blocks is executed as a doctest. What it works out by hand in formulas is
evaluated, side by side, and held against the arrays of the executed page. Any other number in its sentences
must occur in one of its blocks.
"""

import doctest
import inspect
import re
import warnings
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handgrad.ops as ops
from tests.docs.formulas import equalities, formulas

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path for path in sorted((ROOT / "docs" / "ops").glob("*.md"))}
OPERATIONS = sorted(set(PAGES) - {"index"})
PUBLIC = sorted(ops.__all__)
ELSEWHERE = {"check_targets": "cross_entropy", "col2im": "im2col", "output_size": "im2col"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w×])")
YEAR = re.compile(r",\s(?:19|20)\d\d\b")


@cache
def text_of(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


def blocks_of(name: str) -> str:
    """The page's Python, on the lines on which it stands; all other lines empty."""
    lines = ["" for _ in text_of(name).splitlines()]
    for match in FENCE.finditer(text_of(name)):
        if match[1] == "python":
            first = text_of(name)[: match.start(2)].count("\n")
            for offset, line in enumerate(match[2].splitlines()):
                lines[first + offset] = line
    return "\n".join(lines) + "\n"


@cache
def executed(name: str) -> dict[str, Any]:
    """The page's variables after all its blocks have run and printed what the page says."""
    page = doctest.DocTestParser().get_doctest(blocks_of(name), {}, name, str(PAGES[name]), 0)
    report: list[str] = []
    with np.printoptions(), warnings.catch_warnings():
        warnings.simplefilter("error")
        result = doctest.DocTestRunner(verbose=False).run(page, out=report.append, clear_globs=False)
    assert result.failed == 0, "".join(report)
    assert result.attempted > 0, f"{name}.md has no executed example"
    return page.globs


@pytest.mark.parametrize("name", PAGES)
def test_every_example_prints_what_the_page_says(name: str) -> None:
    executed(name)


@pytest.mark.parametrize("name", PAGES)
def test_every_sum_worked_by_hand_is_right(name: str) -> None:
    variables = executed(name)
    for equality in equalities(text_of(name)):
        values = [*equality.values, *equality.looked_up(variables)]
        for value in values[1:]:
            assert isclose(value, values[0], rel_tol=1e-9, abs_tol=equality.tolerance), equality.source


def test_the_hand_worked_sums_are_found() -> None:
    """A reader of formulas that understood none would let everything pass."""
    found = [(name, equality) for name in PAGES for equality in equalities(text_of(name))]
    compared_with_arrays = [equality for name, equality in found if equality.looked_up(executed(name))]
    assert len(found) >= 50
    assert len(compared_with_arrays) >= 30


@pytest.mark.parametrize("name", PAGES)
def test_every_other_number_stands_in_an_executed_block(name: str) -> None:
    computed = {float(number) for number in NUMBER.findall(blocks_of(name))}
    prose = LINK.sub(r"\1", FENCE.sub("", text_of(name)))
    for equality in equalities(text_of(name)):
        prose = prose.replace(equality.source, "")
    for number in NUMBER.findall(YEAR.sub("", prose)):
        if len(number) > 1:  # a single digit counts things: classes, windows, steps
            assert float(number) in computed, f"{name}.md says {number}, and no block computes it"


@pytest.mark.parametrize("op", PUBLIC)
def test_every_exported_op_is_shown_at_work_on_its_page(op: str) -> None:
    page = ELSEWHERE.get(op, re.sub("_(forward|backward|naive)$", "", op))
    assert page in PAGES, f"docs/ops/{page}.md is missing"
    assert f"{op}(" in blocks_of(page)


@pytest.mark.parametrize("op", PUBLIC)
def test_the_signature_on_the_page_is_the_signature(op: str) -> None:
    page = ELSEWHERE.get(op, re.sub("_(forward|backward|naive)$", "", op))
    arguments = [
        name if parameter.default is parameter.empty else f"{name}={parameter.default}".replace("e-0", "e-")
        for name, parameter in inspect.signature(getattr(ops, op)).parameters.items()
    ]
    assert f"`{op}({', '.join(arguments)})`" in text_of(page)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_page_has_its_five_parts(name: str) -> None:
    headings = re.findall(r"^## (.+)$", text_of(name), re.MULTILINE)
    parts = ["Definition", "A 3×3 example, by hand", "Mistakes people make"]
    assert [part for part in parts if part in headings] == parts
    assert any(heading.startswith("The gradient") for heading in headings)
    assert f"]({name}.md)" in text_of("index"), "the index does not know this page"


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_every_link_leads_somewhere(path: Path) -> None:
    for _, target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        aim = (path.parent / file).resolve() if file else path
        assert aim.exists(), f"{path.name} links to {target}"
        assert not anchor or anchor in anchors_of(aim), f"{path.name} links to {target}"


def test_the_docstrings_name_pages_that_exist() -> None:
    for op in PUBLIC:
        for page in re.findall(r"docs/ops/(\w+)\.md", inspect.getdoc(getattr(ops, op)) or ""):
            assert page in PAGES, f"{op} refers to docs/ops/{page}.md"


@pytest.mark.parametrize("name", PAGES)
def test_formulas_survive_markdown(name: str) -> None:
    """GitHub reads a backslash before punctuation, and an underscore after a brace, as Markdown first."""
    for formula in formulas(text_of(name)):
        assert not re.search(r"\\[!-/:-@\[-`{-~]|\}_|[<>*]", formula), formula
        assert formula.count("{") == formula.count("}"), formula
        assert "\n\n" not in formula, formula


def anchors_of(path: Path) -> set[str]:
    """The anchors that GitHub and MyST give to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
