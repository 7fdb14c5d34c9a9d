import os
import sys
from pathlib import Path

import pytest

import handgrad
from handgrad.grading.sandbox import tiers, trial
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES, TIERS, USER, Tier
from handgrad.grading.sandbox.users import COUNT, FIRST


@pytest.fixture(autouse=True)
def fresh() -> None:
    tiers.strongest_tier.cache_clear()


@pytest.mark.parametrize("held", [NAMESPACES, USER, LIMITS])
def test_the_strongest_that_holds_is_taken(monkeypatch: pytest.MonkeyPatch, held: Tier) -> None:
    asked: list[str] = []

    def holds(tier: Tier) -> bool:
        asked.append(tier.name)
        return tier == held

    monkeypatch.setattr(trial, "holds", holds)
    monkeypatch.setattr(tiers, "possible", lambda tier: True)
    assert tiers.strongest_tier() == held
    assert asked == [tier.name for tier in TIERS[: TIERS.index(held) + 1]]
    tiers.strongest_tier.cache_clear()


def test_limits_alone_hold_everywhere() -> None:
    assert trial.holds(LIMITS)


def test_weaker_tiers_say_what_they_do_not_keep() -> None:
    assert [bool(tier.warnings) for tier in TIERS] == [False, True, True]


def test_another_user_is_for_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert tiers.possible(USER)
    assert FIRST <= tiers.user_for(NAMESPACES) < FIRST + COUNT
    assert tiers.user_for(LIMITS) == 0
    monkeypatch.setattr(os, "getuid", lambda: 1234)
    assert not tiers.possible(USER)
    assert tiers.user_for(NAMESPACES) == 1234


def test_python_is_shown_and_handgrad_hidden() -> None:
    shown = [Path(source) for source, _ in tiers.shown()]
    program = Path(sys.executable).resolve()
    assert any(folder in program.parents for folder in shown)
    assert not any(inner != outer and outer in inner.parents for inner in shown for outer in shown)
    assert tiers.hidden() == [str(Path(handgrad.__file__).parent)]
