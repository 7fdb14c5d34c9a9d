"""LaTeX formulas as MathML, which browsers set without a script."""

import itertools
import re
import unicodedata
import xml.etree.ElementTree as ElementTree

from handgrad.report.formulas import cause, refused

COMMANDS = {r"\arg": r"\operatorname{arg}", r"\stackrel": r"\overset", r"\bm": r"\boldsymbol"}
"""What latex2mathml, or an older one, lacks."""

ENVIRONMENTS = re.compile(r"\\(begin|end)\{aligned\}")
OPERATOR = re.compile(r"\\operatorname\*?\{[^{}]*\}")
WORDS = re.compile(r"(?<=<mtext>).*?(?=</mtext>)", re.DOTALL)
ESCAPED = re.compile(r"\\([_#%&$ {}])")
NAMESPACE = "http://www.w3.org/1998/Math/MathML"
SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
PARTS = {"msub": 2, "msup": 2, "msubsup": 3}
CLOSE = ("|", "\N{DOUBLE VERTICAL LINE}", "/")  # where browsers leave more room than printers
BELOW = {"msub": "munder", "msubsup": "munderover"}
THIN_SPACE = "0.1667em"
THIN = "\N{THIN SPACE}"
LIMITS = ("max", "min", "sup", "inf", "lim", "argmax", "argmin", f"arg{THIN}max", f"arg{THIN}min")

ALPHABETS = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "monospace": "MONOSPACE",
    "sans-serif": "SANS-SERIF",
    "script": "SCRIPT",
    "fraktur": "FRAKTUR",
}
"""MathML's ``mathvariant`` is no longer read by all browsers; Unicode has letters for each of them."""


def to_mathml(latex: str, where: str, *, display: bool = False) -> str:
    r"""A formula as a ``<math>`` element.

    Arguments:
        latex: without its dollars.
        where: its place, for errors.
        display: whether it stands on a line of its own.

    Raises:
        ReportError: it is no formula, or holds a command that latex2mathml does not know.

    Example:
        >>> to_mathml("x", "a text")
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    from latex2mathml.converter import convert

    text = ENVIRONMENTS.sub(r"\\\1{split}", latex)
    text = OPERATOR.sub(lambda match: match[0].replace("*", "").replace(r"\,", THIN), text)
    text = re.sub(r"\\[A-Za-z]+", lambda match: COMMANDS.get(match[0], match[0]), text)
    try:
        mathml = convert(text, display="block" if display else "inline")
        root = ElementTree.fromstring(WORDS.sub(_escaped, mathml))
    except ElementTree.ParseError:
        raise refused(latex, where, "a sign that has no meaning there, such as & outside a matrix") from None
    except Exception as error:  # noqa: BLE001  another library's parser: whatever it raises means the same
        raise refused(latex, where, cause(error)) from None
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
        _letters(element)
        if unknown := re.search(r"\\[A-Za-z]*", element.text or ""):
            raise refused(latex, where, f"{unknown[0]}, which is not known here")
    for element in list(root.iter()):
        _one_base(element)
        _definitions(element)
        _spacing(element)
    root.attrib = {"xmlns": NAMESPACE, **root.attrib}
    return ElementTree.tostring(root, encoding="unicode")


def _escaped(match: re.Match[str]) -> str:
    """Words as XML holds them; latex2mathml escapes its own signs and no others."""
    return re.sub(r"&(?!#)", "&amp;", match[0]).replace("<", "&lt;")


def _letters(element: ElementTree.Element) -> None:
    """Letters of other alphabets, words without their escapes, a prime as what it is."""
    text = element.text or ""
    if element.tag == "mtext":
        element.text = ESCAPED.sub(r"\1", text)
    if text == "\N{PRIME}":
        element.tag = "mo"
    alphabet = ALPHABETS.get(element.get("mathvariant", ""))
    if alphabet:
        del element.attrib["mathvariant"]
        element.text = "".join(_letter(letter, alphabet) for letter in text)


def _letter(letter: str, alphabet: str) -> str:
    """A letter or digit of another alphabet, where there is one."""
    name = unicodedata.name(letter, "").replace("LATIN ", "").replace("GREEK ", "").replace("LETTER ", "")
    try:
        return unicodedata.lookup(f"MATHEMATICAL {alphabet} {name}")
    except KeyError:
        return letter


def _one_base(element: ElementTree.Element) -> None:
    """Brackets and what they hold as one base; latex2mathml makes a matrix its own bracket's exponent."""
    beyond = len(element) - PARTS.get(element.tag, len(element))
    if beyond > 0:
        base = ElementTree.Element("mrow")
        base.extend(element[: beyond + 1])
        element[: beyond + 1] = [base]


def _definitions(parent: ElementTree.Element) -> None:
    """A colon and the equals sign behind it as one sign."""
    for first, second in itertools.pairwise(list(parent)):
        if (first.text, second.text, second.tag) == (":", "=", "mo"):
            parent.remove(first)
            second.text = ":="


def _spacing(parent: ElementTree.Element) -> None:
    """Names of functions as near their arguments as in print; bars, slashes, hats of their own size."""
    parts = list(parent)
    for position, part in enumerate(parts):
        core = part
        while len(core) and core.tag in SCRIPTS:
            core = core[0]
        text = core.text or ""
        if core.tag in ("mi", "mo") and len(text) > 1 and text.replace(THIN, "").isalpha():
            bracket = position + 1 < len(parts) and parts[position + 1].text in ("(", "[", "{")
            core.tag = "mo"
            factor = position > 0 and parts[position - 1].tag not in ("mo", "mspace")
            core.attrib.update(lspace=THIN_SPACE if factor else "0", rspace="0" if bracket else THIN_SPACE)
            if text in LIMITS and part.tag in BELOW:
                part.tag = BELOW[part.tag]
                core.set("movablelimits", "true")
        elif core.tag == "mo" and text in CLOSE:
            core.attrib = {"stretchy": "false", **core.attrib, "lspace": "0", "rspace": "0"}
    if parts and parent.get("accent") and len("".join(parts[0].itertext())) == 1:
        parts[-1].set("stretchy", "false")
