from pathlib import Path

import pytest

from handgrad.data import places
from handgrad.data.idx import write_idx_folder
from handgrad.data.known import FASHION_MNIST, MNIST
from handgrad.data.parts import Parts
from handgrad.data.places import Place, cache_folder, places_to_search


def test_order(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [place.name for place in places_to_search(MNIST)] == ["./data", "cache", "Keras's cache"]
    monkeypatch.setenv("HANDGRAD_DATA", "b")
    assert [(place.path, place.explicit) for place in places_to_search(MNIST)] == [(Path("b"), True)]
    assert [place.path for place in places_to_search(MNIST, "a")] == [Path("a")]


def test_cache(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder(MNIST) == nowhere / "cache" / "handgrad" / "mnist"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder(FASHION_MNIST) == Path.home() / ".cache" / "handgrad" / "fashion-mnist"
    monkeypatch.setattr(places.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "local")
    assert cache_folder(MNIST) == Path("local", "handgrad", "mnist")


@pytest.mark.parametrize("folder", ["", "MNIST/raw", "mnist"])
def test_where_in_a_folder(tmp_path: Path, tiny: Parts, folder: str) -> None:
    write_idx_folder(tmp_path / folder, tiny)
    found = Place("./data", tmp_path).find(MNIST)
    assert found is not None
    assert found.path == tmp_path / folder


def test_mnist_in_data_is_not_taken_for_fashion(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, tiny)
    assert Place("./data", tmp_path).find(FASHION_MNIST) is None
    assert Place("--data-dir", tmp_path, explicit=True).find(FASHION_MNIST) is not None
    write_idx_folder(tmp_path / "FashionMNIST" / "raw", tiny)
    found = Place("./data", tmp_path).find(FASHION_MNIST)
    assert found is not None
    assert found.path.name == "raw"


def test_kerass_cache_holds_mnist_only(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, tiny)
    assert Place("Keras's cache", tmp_path, only="mnist").find(FASHION_MNIST) is None
