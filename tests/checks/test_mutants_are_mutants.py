"""The student-style files are what their tables say: each mutant wrong as noted, each right one right.

The judge is plain NumPy (references.py), central differences and repeated calls; nothing of handgrad.
"""

import ast
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.checks.judging import judge

HERE = Path(__file__).parent
MUTANTS = tomllib.loads((HERE / "mutants/answers.toml").read_text())
RIGHTS = tomllib.loads((HERE / "rights/rights.toml").read_text())
CAUSES = Counter(answer["cause"] for answer in MUTANTS.values())


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_wrong_just_there(name):
    answer = MUTANTS[name]
    found = judge(HERE / f"mutants/{name}.py", answer["course"], answer["name"])
    assert found == set(answer["shows"])
    assert found


@pytest.mark.parametrize("name", RIGHTS)
def test_the_right_one_is_right(name):
    right = RIGHTS[name]
    assert judge(HERE / f"rights/{name}.py", right["course"], right["name"]) == set()


@pytest.mark.parametrize(("folder", "table"), [("mutants", MUTANTS), ("rights", RIGHTS)])
def test_every_file_is_in_its_table(folder, table):
    assert sorted(path.stem for path in (HERE / folder).glob("*.py")) == sorted(table)


def test_half_are_kept_aside_balanced_over_causes():
    aside = Counter(answer["cause"] for answer in MUTANTS.values() if answer["aside"])
    assert abs(2 * aside.total() - len(MUTANTS)) <= 1
    assert all(abs(2 * aside[cause] - total) <= 1 for cause, total in CAUSES.items())


def test_there_are_enough_of_them():
    assert len(MUTANTS) >= 44
    assert len(CAUSES) >= 25
    assert len({answer["course"] for answer in MUTANTS.values()} - {"plain"}) >= 3


@pytest.mark.parametrize(
    "path", sorted([*HERE.glob("mutants/*.py"), *HERE.glob("rights/*.py")]), ids=lambda path: path.stem
)
def test_the_file_is_plain_numpy_and_tells_nothing(path):
    source = path.read_text()
    tree = ast.parse(source)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= {"numpy", "copy"}
    told = (ast.get_docstring(tree) or "").lower().replace("-", " ")
    assert told
    assert not any(cause.replace("-", " ") in source.lower().replace("-", " ") for cause in CAUSES)
    assert not any(word in told for word in ("bug", "wrong", "mutant", "mistake"))
