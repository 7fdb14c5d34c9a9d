r"""Reads the sums that a page works out by hand: ``$dx_{0,0} = 1 \cdot 2 + 3 = 5$``."""

import re
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+(?:\n[^$\n]+)?)\$", re.DOTALL)
ENTRY = re.compile(r"(d?[a-z])_\{?([\d,]+)\}?|(db|L)")
VARIABLES = {"dw": "dweight", "db": "dbias", "dz": "dlogits", "L": "loss"}  # formula, code


@dataclass(frozen=True)
class Equality:
    """One chain of equal sides: its numbers, and the arrays' entries that it names."""

    source: str
    values: tuple[float, ...]
    names: tuple[str, ...]
    tolerance: float

    def looked_up(self, variables: dict[str, Any]) -> list[float]:
        """What the executed page holds in the entries that this equality names."""
        found = []
        for name in self.names:
            match = ENTRY.fullmatch(name)
            if match is not None:
                letter = match[1] or match[3]
                array = np.asarray(variables[VARIABLES.get(letter, letter)])
                index = tuple(int(place) for place in match[2].split(",")) if match[2] else ()
                found.append(array.reshape(array.shape[array.ndim - len(index) :])[index].item())
        return found


def formulas(text: str) -> list[str]:
    """What stands between dollars, blocks of code aside."""
    return [block or inline for block, inline in FORMULA.findall(FENCED.sub("", text))]


def equalities(text: str) -> list[Equality]:
    r"""The formulas with at least one side that is arithmetic on plain numbers, cut at ``\quad``."""
    found = []
    for formula in formulas(text):
        for chain in formula.split(r"\quad"):
            sides = [side.strip() for side in re.split(r"=|\\approx", chain)]
            if len(sides) == 1:
                continue
            values = [value for side in sides if (value := value_of(side)) is not None]
            names = [side for side in sides if value_of(side) is None]
            if len(values) > 1 or (values and any(map(ENTRY.fullmatch, names))):
                last = sides[-1].partition(".")[2]
                tolerance = 0.5001 * 10.0 ** -len(last) if r"\approx" in chain else 1e-9
                found.append(Equality(chain.strip(), tuple(values), tuple(names), tolerance))
    return found


def value_of(latex: str) -> float | None:
    """The number that this arithmetic makes; None where it holds anything but numbers."""
    python = re.sub(r"\\log ([\d.]+)", r"log(\1)", latex.replace(r"\cdot", "*")).replace(r"\log", "log")
    while (simpler := without_one_brace(python)) != python:
        python = simpler
    python = re.sub(r"\be\*\*", "EXP**", python)
    python = re.sub(r"(?<=[\d)])\s*(?=\()", "*", python).replace("^", "**")
    python = re.sub(r"EXP\*\*(\(.*?\)|\d+)", r"exp(\1)", python)
    if not re.fullmatch(r"(?:exp|log|sqrt|[\d\s.+\-*/()])+", python) or not re.search(r"\d", python):
        return None
    return float(eval(python, {"__builtins__": {}, "exp": exp, "log": log, "sqrt": sqrt}))


def without_one_brace(latex: str) -> str:
    """One innermost fraction, root or power written as Python has it."""
    latex = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", latex)
    latex = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", latex)
    return re.sub(r"\^\{([^{}]*)\}", r"**(\1)", latex)
