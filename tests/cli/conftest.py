"""A place without data or runs to work in, and one trained run for all who only look at it."""

from pathlib import Path

import pytest

from tests.cli.commands import train

VARIABLES = ("HANDGRAD_DATA", "LOCALAPPDATA", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The working folder, on a machine whose home and cache are empty and whose network is dead."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("HANDGRAD_THREADS", "1")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that reads digits well: the small convolutional network, 12 epochs of digits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("trained"))
        normalised = ("--set", "data.mean=0.1307", "--set", "data.std=0.3081")
        longer = ("--epochs", 12, "--batch-size", 32, "--lr", 0.02)
        result = train(*longer, *normalised, "--quiet", recipe="convnet")
        assert result["test_accuracy"] > 0.9
        return Path(result["run"]).resolve()
