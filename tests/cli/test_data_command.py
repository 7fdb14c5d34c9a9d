"""``handgrad data``: what is where, fetched, verified, converted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from handgrad.cli import data_command
from handgrad.data import load_folder
from handgrad.data.known import KNOWN, MNIST
from handgrad.errors import DownloadError
from tests.cli.commands import handgrad
from tests.cli.test_mistakes import refused, save_images, truncated


def test_what_is_found_where(monkeypatch) -> None:
    save_images(Path("mine"), 28)
    handgrad("data", "convert", "mine", "data", "--to", "idx", "--no-verify")
    handgrad("data", "convert", "mine", "broken", "--to", "npz", "--no-verify")
    truncated(Path("broken/mnist.npz"))
    monkeypatch.setenv("HANDGRAD_DATA", "broken")
    places = {row["place"]: row for row in handgrad("data", "--json").json["places"]}
    assert places["HANDGRAD_DATA"]["state"] == "damaged"
    assert places["./data"]["state"] == "unknown"
    assert places["cache"]["state"] == "nothing"
    assert places["embedded"]["found"] == "digits"
    out = handgrad("data").out
    assert "\ndamaged: broken/mnist.npz" in out
    assert all(line == line.rstrip() for line in out.splitlines())
    assert "broken/mnist.npz" in handgrad("data", "verify").err
    assert handgrad("data", "--data-dir", "mine", "--json").json["places"][0]["place"] == "--data-dir"


def test_verify(monkeypatch) -> None:
    assert handgrad("data", "verify").code == 0  # digits alone: nothing is wrong
    save_images(Path("mine"), 28)
    assert "--no-verify" in refused("data", "verify", "mine")
    vouched = replace(MNIST, sha256=sums_of("mine"))
    monkeypatch.setitem(KNOWN, "mnist", vouched)
    answer = handgrad("data", "verify", "mine", "--json")
    assert answer.json == {"path": "mine", "found": "mnist", "state": "verified", "images": 60}
    assert "mnist, 60 images" in handgrad("data", "verify", "mine").out


def sums_of(folder: str) -> dict[str, str]:
    checksums = load_folder(folder, verify=False).train.checksums
    return {role: checksums[name] for role, name in data_files().items()}


def data_files() -> dict[str, str]:
    from handgrad.data.idx import FILES

    return FILES


@pytest.mark.parametrize("to", ["idx", "idx.gz", "npz", "mat", "pkl", "npy", "png"])
def test_convert_to_every_format(to: str) -> None:
    save_images(Path("mine"), 28)
    original = load_folder("mine", verify=False)
    answer = handgrad("data", "convert", "mine", "made", "--to", to, "--no-verify", "--json")
    assert answer.json["to"] == to
    found = load_folder(answer.json["written"], verify=False)
    assert len(found.train) + len(found.validation) == 50
    for part, expected in ((found.test, original.test),):
        # .mat and folders of PNG are sorted by class
        order, other = (np.argsort(p.labels, kind="stable") for p in (part, expected))
        np.testing.assert_array_equal(part.images[order], expected.images[other])
    assert "nothing there yet" in refused("data", "convert", "mine", "made", "--to", to, "--no-verify")
    assert handgrad("data", "convert", "mine", "made", "--to", to, "--no-verify", "--force").code == 0


def test_convert_asks_for_known_checksums() -> None:
    save_images(Path("mine"), 28)
    assert "--no-verify" in refused("data", "convert", "mine", "made.npz", "--to", "npz")
    assert not Path("made.npz").exists()


def test_fetch_shows_how_far_it_is(monkeypatch) -> None:
    asked = []

    def fetch_set(known, folder, *, progress):
        asked.append((known.name, folder))
        for received, total in ((10, 20), (20, 20), (7, None), (9, None)):
            progress(received, total)
        return folder

    monkeypatch.setattr(data_command, "fetch_set", fetch_set)
    answer = handgrad("data", "fetch", "fashion-mnist", "--data-dir", "here", "--json")
    assert answer.json == {"data": "fashion-mnist", "folder": "here"}
    assert answer.err.splitlines() == [
        "handgrad: downloading a file of 20 bytes",
        "handgrad: downloading a file",
    ]
    assert handgrad("data", "fetch", "--quiet").err == ""
    assert "MNIST is in" in handgrad("data", "fetch").out
    assert [name for name, _ in asked] == ["fashion-mnist", "mnist", "mnist"]
    assert asked[1][1] == Path.home() / "handgrad/mnist"  # XDG_CACHE_HOME is the home here


def test_fetch_that_fails(monkeypatch) -> None:
    def fetch_set(known, folder, *, progress):
        raise DownloadError(known.title, expected="a mirror", got="none")

    monkeypatch.setattr(data_command, "fetch_set", fetch_set)
    assert "a mirror" in refused("data", "fetch")
