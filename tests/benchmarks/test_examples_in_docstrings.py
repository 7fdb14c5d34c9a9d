"""Benchmarks lie outside the package, whose examples in docstrings are run with the tests."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "benchmarks").rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_an_example_is_right(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
