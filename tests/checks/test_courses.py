"""The five courses' own modules of this library are called right, class by class."""

from importlib import import_module
from pathlib import Path

import pytest

from handgrad.checks import STYLES, Target
from handgrad.checks.checking import check_piece

pytest.importorskip("handgrad.courses")

PLACES = {
    "hw5": "hw5.{}",
    "project3": "project3.mlp",
    "cmu10601": "cmu10601.{}",
    "thu": "thu.{}",
    "cs5242": "cs5242.{}",
}
CASES = [
    (course, index, interface.name, interface.operation)
    for course, style in STYLES.items()
    for index, interface in enumerate(style.interfaces)
]


@pytest.mark.parametrize(("course", "index", "name", "operation"), CASES)
def test_a_reference_module_is_not_blamed(course: str, index: int, name: str, operation: str) -> None:
    interface = STYLES[course].interfaces[index]
    module_name = "classifier" if interface.module == "hw5" else interface.module
    module = import_module(f"handgrad.courses.{PLACES[course].format(module_name)}")
    target = Target(name, getattr(module, name), vars(module), Path(str(module.__file__)))
    found = check_piece(interface, target)
    assert found.findings == ()
    assert found.cases >= 2
    assert found.operation == operation
