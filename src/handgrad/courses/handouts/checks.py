"""The public checks of a handout: numbers made here once, compared there without handgrad."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from handgrad.courses.handouts.files import text
from handgrad.courses.handouts.plain import without_annotations

Inputs: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""By open function the cases, each with the arguments of the course's public check."""

SCRIPT, NUMBERS = "check_mine.py", "check_mine.json"
DIGITS = 12


def check_texts(
    course: str, names: Sequence[str], inputs: Inputs, modules: Mapping[str, ModuleType]
) -> dict[str, str]:
    """``check_mine.py`` and its numbers.

    Arguments:
        course: its name; its package has a module ``public_checks`` with ``CALLS``, by open function how it
            is called and which results are compared.
        names: of the open functions.
        inputs: the cases of each.
        modules: the adapter, by the names of the handout's modules.

    Returns:
        the two files' texts by name.
    """
    public = import_module(f"handgrad.courses.{course}.public_checks")
    cases = {}
    for name in names:
        cases[name] = [_case(public.CALLS[name], given, modules) for given in inputs[name]]
    head, calls = Path(str(public.__file__)).read_text("utf-8").split("\nimport numpy as np\n", 1)
    assert head.count("import") <= 1  # of typing alone, which the script does not need
    script = text("check_mine.py.txt", calls=without_annotations(calls).strip("\n"), course=course)
    return {SCRIPT: script, NUMBERS: _numbers(cases)}


def _case(call: Any, given: Mapping[str, Any], modules: Mapping[str, ModuleType]) -> dict[str, Any]:
    kept = {name: plain(value) for name, value in given.items()}
    arrays = {name: np.array(value) if isinstance(value, list) else value for name, value in kept.items()}
    return {"given": kept, "expected": {key: plain(value) for key, value in call(modules, **arrays).items()}}


def plain(value: Any) -> Any:
    """Numbers and arrays as JSON has them, to twelve digits.

    Example:
        >>> plain(np.array([1 / 3, 2.0]))
        [0.333333333333, 2.0]
    """
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(element) for element in value]
    if isinstance(value, float | np.floating):
        return float(f"{float(value):.{DIGITS}g}")
    return int(value) if isinstance(value, np.integer) else value


def _numbers(cases: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """One array a line, so that it can be read."""
    functions = []
    for name, found in cases.items():
        texts = []
        for case in found:
            parts = []
            for part, values in case.items():
                inner = ",\n".join(f"     {json.dumps(key)}: {json.dumps(it)}" for key, it in values.items())
                parts.append(f"   {json.dumps(part)}: {{\n{inner}}}")
            texts.append("  {\n" + ",\n".join(parts) + "}")
        functions.append(f" {json.dumps(name)}: [\n" + ",\n".join(texts) + "]")
    return "{\n" + ",\n".join(functions) + "\n}\n"
