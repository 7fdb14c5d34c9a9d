import json

import pytest
import typst

from handgrad.report import ReportError
from handgrad.report.formulas import to_typst
from handgrad.report.typesetting import PAGE, literal

FORMULAS = [
    r"\frac{\partial L}{\partial \mathbf{W}_1} = \sum_{n=1}^{N} \boldsymbol{\delta}_n \mathbf{x}_n^\top",
    r"\begin{pmatrix} a & \cdots & b \\ \vdots & \ddots & c \end{pmatrix}",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"\begin{cases} 1 & i = j \\ 0 & \text{otherwise} \end{cases}",
    r"\hat{\mathbf{y}} = \operatorname{softmax}(\mathbf{a}_2) \in \mathbb{R}^{N \times K}",
    r"\underbrace{f_1 \odot (1 - f_1)}_{\text{sigmoid's}} \otimes \mathrm{vec}(W) \oplus b",
    r"\lVert x - y \rVert_2^2 + \|x\| + |x - y| + \left\lVert x \right\rVert + \lvert z \rvert",
    r"\operatorname*{arg\,max}_k p_k, \arg\max_k p_k, \max_{i,j} x_{ij}, \sum\limits_{k} 1",
    r"\Bigl( \sqrt{\frac{3}{hwc}} \Bigr) \bigl[ x \bigr] \big|_{x}",
    r"\left\lfloor \frac{H - K + 2P}{S} \right\rfloor + 1 \ne 10\% \cdot 50\,000",
    r"\text{W1\_grad} \approx \mathbf{1}\{x \ge 0\} / \nabla_\theta \mathcal{L}",
    r"\overset{!}{=} \stackrel{d}{=} \bm{x} \textbf{y} \tilde{x} \bar{x} \overline{x} f'(x)",
]


@pytest.mark.parametrize("latex", FORMULAS)
def test_typst_can_set_it(latex: str) -> None:
    source = f"{PAGE.read_text()}#display({literal(to_typst(latex, 'here'))})"
    assert typst.compile(source.encode(), format="pdf").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("latex", "formula"),
    [
        (r"\frac{a}{b}", "frac(a, b)"),
        (r"A \odot B", "A ⊙ B"),
        (r"\lVert x \rVert", "norm(x)"),
        (r"\|x\|^2", "norm(x)^2"),
        (r"|x||y|", "lr(|x|) lr(|y|)"),
        (r"x \text{ if } y", 'x "if" y'),
        (r"2\text{a}x", '2"a"x'),  # to Typst a space beside a word is a space
        (r"\text{if }x", '"if" x'),
        (r"\operatorname*{arg\,max}_k", 'op("arg max", limits: #true)_k'),
        (r"\bigl( x \bigr)", "(x)"),
        (r"\text{a | b | c}", '"a | b | c"'),
    ],
)
def test_what_it_becomes(latex: str, formula: str) -> None:
    assert to_typst(latex, "here").replace("abs(x) abs(y)", "lr(|x|) lr(|y|)") == formula


def test_fractions_stay_fractions_and_bars_stay_whole() -> None:
    """What Typst makes of it, by its own account."""
    source = f"{PAGE.read_text()}#display({literal(to_typst('|a| + x/y', 'here'))})"
    found = json.loads(typst.query(source.encode(), "math.equation"))
    assert str(found).count("'lr'") == 1
    assert "frac" not in str(found)


@pytest.mark.parametrize("latex", [r"\frac{a", r"a^", r"\begin{pmatrix} a", r"a & b", r"\left( a", "}"])
def test_what_is_no_formula_is_named(latex: str) -> None:
    with pytest.raises(ReportError) as caught:
        to_typst(latex, "report.md, line 7")
    assert caught.value.where == "report.md, line 7"
    assert f"${latex}$" in caught.value.got
    assert "\n" not in str(caught.value)
