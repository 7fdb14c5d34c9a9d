"""LaTeX formulas in Typst's mathematics, for the PDF; `handgrad.report.mathml` has them for a browser."""

import re

from handgrad.report.errors import ReportError

COMMANDS = {
    r"\odot": "⊙",
    r"\otimes": "⊗",
    r"\oplus": "⊕",
    r"\stackrel": r"\overset",
    r"\textbf": r"\mathbf",
    r"\bm": r"\boldsymbol",
}
"""What tex2typst lacks, or translates into a name that not every Typst has."""

SIZES = re.compile(r"\\(?:[bB]igg?|limits|nolimits)(?![A-Za-z])")
"""Typst sizes brackets and places limits by itself."""

BARS = re.compile(r"(?:\\left|\\right)?\\([lr])([vV])ert(?![A-Za-z])")
PAIR = re.compile(r"\\text\w*\{[^{}]*\}|(?<![A-Za-z\\])(\\?\|)([^|&]*[^|&\\])\1")
"""To Typst a bar is a relation, with space around it, unless it is told which side it closes."""

WORDS = re.compile(r' ?"((?:[^"\\]|\\.)*)" ?')


def to_typst(latex: str, where: str) -> str:
    r"""A formula in Typst's mathematics.

    Arguments:
        latex: without its dollars.
        where: its place, for errors.

    Raises:
        ReportError: it is no formula.

    Example:
        >>> to_typst(r"\frac{a}{b} \text{ if } c", "a text")
        'frac(a, b) "if" c'
    """
    from tex2typst import tex2typst

    text = PAIR.sub(_pair, BARS.sub(_bar, SIZES.sub("", latex)))
    try:
        formula = tex2typst(text, frac_to_slash=False, custom_tex_macros=COMMANDS)
    except ValueError as error:
        raise refused(latex, where, cause(error)) from None
    return WORDS.sub(_word, formula).strip()


def refused(latex: str, where: str, got: str) -> ReportError:
    """The error for a formula that cannot be set."""
    return ReportError(
        where,
        expected="formulas of plain amsmath LaTeX",
        got=f"${latex.strip()}$: {got}",
        hint="write it with other commands",
    )


def cause(error: Exception) -> str:
    """What another library has to say, on one line."""
    return (str(error).splitlines() or [""])[0] or type(error).__name__


def _bar(match: re.Match[str]) -> str:
    r"""``\lVert`` as ``\left\|``, and so on."""
    side, kind = match.groups()
    return (r"\left" if side == "l" else r"\right") + (r"\|" if kind == "V" else "|")


def _pair(match: re.Match[str]) -> str:
    r"""``|x|`` as ``\left| x \right|``, unless the second bar belongs elsewhere."""
    bar, inside = match.groups()
    if bar is None:
        return match[0]  # a word
    whole = inside.count("{") == inside.count("}") and inside.count(r"\left") == inside.count(r"\right")
    return rf"\left{bar} {inside} \right{bar}" if whole else match[0]


def _word(match: re.Match[str]) -> str:
    """Words with just the spaces that they had in LaTeX; to Typst a space beside a word is one."""
    word = match[1].replace("\\\\,", " ").replace("\\,", " ")
    return " " * word.startswith(" ") + f'"{word.strip()}"' + " " * word.endswith(" ")
