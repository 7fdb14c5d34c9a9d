"""The mutants of someone who had not seen the hypotheses: at least nine in ten are named, in each half."""

import tomllib
from pathlib import Path

import pytest

from handgrad.checks import check_path

HERE = Path(__file__).parent
ENOUGH = 0.9


def entries(folder: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for file in sorted((HERE / folder).glob("*.toml")):
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        found |= {name: value for name, value in values.items() if isinstance(value, dict)}
    return found


@pytest.mark.parametrize("aside", [False, True])
def test_nine_in_ten_mutants_are_named(aside: bool) -> None:
    mutants = {name: one for name, one in entries("mutants").items() if bool(one.get("aside")) == aside}
    missed = {}
    for name, mutant in mutants.items():
        found = check_path(f"{HERE / 'mutants' / name}.py:{mutant['name']}", str(mutant["course"]))
        causes = [finding.cause for finding in found.findings]
        if causes[:1] != [mutant["cause"]]:
            missed[name] = causes
    rate = 1 - len(missed) / len(mutants)
    print(f"{'aside' if aside else 'seen'}: {len(mutants) - len(missed)} of {len(mutants)}")
    assert len(mutants) >= 20
    assert rate >= ENOUGH, missed


@pytest.mark.parametrize("name", entries("rights"))
def test_right_code_written_in_other_ways_is_not_blamed(name: str) -> None:
    right = entries("rights")[name]
    found = check_path(f"{HERE / 'rights' / name}.py:{right['name']}", str(right["course"]))
    assert found.ok, str(found)
