import xml.etree.ElementTree as ElementTree

import pytest

from handgrad.report import ReportError
from handgrad.report.mathml import NAMESPACE, to_mathml
from tests.report.test_formulas import FORMULAS


def elements(latex: str, *, display: bool = True) -> list[tuple[str, str, dict[str, str]]]:
    """Each element's name, text and attributes."""
    root = ElementTree.fromstring(to_mathml(latex, "here", display=display))
    prefix = f"{{{NAMESPACE}}}"
    assert all(element.tag.startswith(prefix) for element in root.iter())
    return [(element.tag.removeprefix(prefix), element.text or "", element.attrib) for element in root.iter()]


def texts(latex: str) -> str:
    return "".join(text for _, text, _ in elements(latex))


@pytest.mark.parametrize("latex", FORMULAS)
def test_whole_and_without_leftovers(latex: str) -> None:
    found = elements(latex)
    assert found[0][0] == "math"
    assert found[0][2]["display"] == "block"
    assert not any("\\" in text or "&" in text for _, text, _ in found)
    assert not any(
        "mathvariant" in attributes for *_, attributes in found if attributes.get("mathvariant") != "normal"
    )


def test_inline_and_display() -> None:
    assert elements("x", display=False)[0][2]["display"] == "inline"


def test_letters_of_other_alphabets() -> None:
    assert texts(r"\mathbf{W} \mathbf{1} \boldsymbol{\delta} \mathbb{R} \mathtt{x}") == "𝐖𝟏𝜹ℝ𝚡"
    assert texts(r"\mathbf{x}^\top") == "𝐱⊤"


def test_aligned_is_a_table_with_sides() -> None:
    cells = [
        attributes
        for name, _, attributes in elements(r"\begin{aligned} a &= b \\ &= c \end{aligned}")
        if name == "mtd"
    ]
    assert [attributes["columnalign"] for attributes in cells] == ["right", "left"] * 2


def test_words_lose_their_escapes() -> None:
    assert texts(r"\text{W1\_grad} \text{a \& b <c}").replace("\xa0", " ") == "W1_grada & b <c"


def test_functions_stand_close_to_brackets_and_apart_from_letters() -> None:
    spaces = {
        (name, text): (attributes.get("lspace"), attributes.get("rspace"))
        for name, text, attributes in elements(r"a\log p + \max(0, x) + \operatorname{softmax}(y)")
        if text in ("log", "max", "softmax")
    }
    assert spaces == {
        ("mo", "log"): ("0.1667em", "0.1667em"),
        ("mo", "max"): ("0", "0"),
        ("mo", "softmax"): ("0", "0"),
    }


def test_limits_stand_below_and_bars_keep_their_size() -> None:
    assert "munder" in [name for name, *_ in elements(r"\max_{i} x_i")]
    assert "munder" in [name for name, *_ in elements(r"\operatorname*{arg\,max}_k p_k")]
    assert "munder" not in [name for name, *_ in elements(r"\log_{2} x")]
    bars = [
        attributes["stretchy"]
        for _, text, attributes in elements(r"\lVert \frac{a}{b} \rVert + |x|")
        if text in "‖|" and text
    ]
    assert bars == ["false"] * 4
    grown = [
        attributes["stretchy"]
        for _, text, attributes in elements(r"\left| \frac{a}{b} \right|")
        if text == "|"
    ]
    assert grown == ["true", "true"]


@pytest.mark.parametrize(
    ("script", "name", "count"), [("^T", "msup", 2), ("_1", "msub", 2), ("_1^T", "msubsup", 3)]
)
def test_a_matrix_is_its_exponents_base(script: str, name: str, count: int) -> None:
    root = ElementTree.fromstring(
        to_mathml(rf"\begin{{pmatrix}} a & b \end{{pmatrix}}{script}", "here", display=True)
    )
    (scripted,) = root.iter(f"{{{NAMESPACE}}}{name}")
    assert len(scripted) == count
    assert "".join(scripted[0].itertext()) == "(ab)"
    assert [each.text for each in scripted[0]][::2] == ["(", ")"]


def test_a_definition_is_one_sign() -> None:
    assert [(name, text) for name, text, _ in elements("a := b : c = d") if name == "mo"] == [
        ("mo", ":="),
        ("mo", "="),
    ]
    assert texts("a := b : c = d") == "a:=b:c=d"


@pytest.mark.parametrize(
    ("latex", "got"),
    [
        (r"\unheardof{x}", r"\unheardof"),
        (r"a & b", "&"),
        (r"a_b_c", "DoubleSubscripts"),
        (r"a^", "Missing"),
        (r"\begin{pmatrix} a", "MissingEnd"),
        ("", ""),
    ],
)
def test_what_is_no_formula_is_named(latex: str, got: str) -> None:
    with pytest.raises(ReportError) as caught:
        to_mathml(latex, "report.md, line 7")
    assert caught.value.where == "report.md, line 7"
    assert f"${latex}$" in caught.value.got
    assert got in caught.value.got
