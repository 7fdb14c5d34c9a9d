from pathlib import Path

import numpy as np
import pytest

from handgrad.data import status, survey, verify
from handgrad.data.formats import FILE_NAMES, WRITERS
from handgrad.data.known import KnownSet
from handgrad.data.parts import Part, Parts


@pytest.fixture
def published(known: KnownSet, monkeypatch: pytest.MonkeyPatch) -> KnownSet:
    """The tiny set takes MNIST's place in the table."""
    for module in (status, verify):
        monkeypatch.setattr(module, "KNOWN", {**module.KNOWN, "mnist": known})
    return known


def test_a_machine_without_data(nowhere: Path) -> None:
    rows = survey()
    assert {row.state for row in rows[:-1]} == {"nothing"}
    assert {row.place for row in rows} == {"./data", "cache", "Keras's cache", "embedded"}
    assert rows[-1].found == "digits"


def test_sound_damaged_and_unknown_data(nowhere: Path, tiny: Parts, published: KnownSet) -> None:
    WRITERS["idx.gz"](nowhere / "named", tiny)
    WRITERS["npz"](nowhere / "work" / "data" / FILE_NAMES["npz"], tiny)
    damaged = nowhere / "cache" / "handgrad" / "mnist"
    WRITERS["idx"](damaged, Parts(Part(tiny.train.images[::-1], tiny.train.labels), tiny.test))
    keras = nowhere / "home" / ".keras" / "datasets"
    WRITERS["npz"](keras / FILE_NAMES["npz"], Parts(tiny.test, tiny.train))
    rows = {row.place: row for row in survey(nowhere / "named") if row.format}
    named, data, cache, other = (rows[p] for p in ("--data-dir", "./data", "cache", "Keras's cache"))
    assert (named.found, named.format, named.state, named.detail) == ("mnist", "idx", "verified", "48 images")
    assert (data.found, data.format, data.state) == ("mnist", "npz", "verified")
    assert (cache.found, cache.state) == ("mnist", "damaged")
    assert (other.found, other.state) == ("data", "unknown")


def test_a_file_that_cannot_be_read_is_damaged(nowhere: Path, tiny: Parts) -> None:
    WRITERS["idx"](nowhere / "work" / "data", tiny)
    (nowhere / "work" / "data" / "train-images-idx3-ubyte").write_bytes(b"")
    row = next(row for row in survey() if row.place == "./data")
    assert row.state == "damaged"
    assert "an empty file" in row.detail


def test_data_sorted_by_class_is_unknown(nowhere: Path, tiny: Parts, published: KnownSet) -> None:
    WRITERS["mat"](nowhere / "named" / FILE_NAMES["mat"], Parts(tiny.train, tiny.test))
    row = next(row for row in survey(nowhere / "named") if row.place == "--data-dir")
    assert (row.format, row.state) == ("mat", "unknown")
    assert np.char.count(row.detail, "checksum") >= 1
