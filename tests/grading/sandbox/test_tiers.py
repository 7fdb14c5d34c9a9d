"""Which tier is chosen, and what of the machine a submission is shown in it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handgrad.errors import ArgumentError
from handgrad.grading.sandbox import strongest_tier, tiers, trial
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES, shown


@pytest.fixture
def only_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(trial, "holds", lambda tier: tier == LIMITS)
    strongest_tier.cache_clear()
    yield
    strongest_tier.cache_clear()


@pytest.mark.usefixtures("only_limits")
def test_root_is_never_held_by_limits_alone_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers.os, "getuid", lambda: 0)
    with pytest.raises(ArgumentError, match="grade as a user without rights"):
        strongest_tier()
    monkeypatch.setattr(tiers.os, "getuid", lambda: 1000)
    assert strongest_tier() == LIMITS


def test_a_virtual_environment_behind_a_link_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real" / "bin").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to("real")
    monkeypatch.setattr(sys, "prefix", str(link))
    assert (str(tmp_path / "real"), str(link)) in shown()
    assert all(os.path.lexists(source) for source, _ in shown())


@pytest.mark.skipif(strongest_tier() != NAMESPACES, reason="only namespaces have a file system of their own")
def test_python_behind_a_link_in_the_temporary_folder_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(sys.prefix)
    monkeypatch.setattr(sys, "prefix", str(link))
    monkeypatch.setattr(sys, "executable", str(link / "bin" / "python"))
    assert trial.holds(NAMESPACES)
