import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import handgrad
from handgrad.errors import ArgumentError
from handgrad.grading.sandbox import tiers, trial
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES, TIERS, USER, Tier
from handgrad.grading.sandbox.users import COUNT, FIRST
from tests.grading.submitting import needs_namespaces


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    tiers.strongest_tier.cache_clear()
    yield
    tiers.strongest_tier.cache_clear()


@pytest.mark.parametrize("held", [NAMESPACES, USER, LIMITS])
def test_the_strongest_that_holds_is_taken(monkeypatch: pytest.MonkeyPatch, held: Tier) -> None:
    asked: list[str] = []

    def holds(tier: Tier) -> bool:
        asked.append(tier.name)
        return tier == held

    monkeypatch.setattr(trial, "holds", holds)
    monkeypatch.setattr(tiers, "possible", lambda tier: True)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert tiers.strongest_tier() == held
    assert asked == [tier.name for tier in TIERS[: TIERS.index(held) + 1]]


def test_root_is_never_held_by_limits_alone_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "holds", lambda tier: tier == LIMITS)
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(ArgumentError, match="grade as a user without rights"):
        tiers.strongest_tier()


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


def test_a_virtual_environment_behind_a_link_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real" / "bin").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to("real")
    monkeypatch.setattr(sys, "prefix", str(link))
    assert (str(tmp_path / "real"), str(link)) in tiers.shown()
    assert all(os.path.lexists(source) for source, _ in tiers.shown())


@needs_namespaces
def test_python_behind_a_link_in_the_temporary_folder_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(sys.prefix)
    monkeypatch.setattr(sys, "prefix", str(link))
    monkeypatch.setattr(sys, "executable", str(link / "bin" / "python"))
    assert trial.holds(NAMESPACES)
