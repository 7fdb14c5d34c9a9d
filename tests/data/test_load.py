import gzip
import re
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from handgrad.data import Splits, load_data, load_fashion_mnist, load_folder, load_mnist
from handgrad.data.fetch import Patience
from handgrad.data.formats import FILE_NAMES, WRITERS
from handgrad.data.idx import FILES, idx_digest, write_idx_folder
from handgrad.data.known import MNIST, KnownSet
from handgrad.data.load import load_known
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError, DownloadError
from tests.data.conftest import Server, idx_files

KERAS = ".keras/datasets"


def offline(*arguments: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


def check(splits: Splits, tiny: Parts) -> None:
    np.testing.assert_array_equal(splits.train.images, tiny.train.images[:26])
    np.testing.assert_array_equal(splits.validation.images, tiny.train.images[26:])
    np.testing.assert_array_equal(splits.test.labels, tiny.test.labels)
    assert splits.train.name == "mnist"
    assert splits.train.classes == splits.test.classes == 10
    assert set(splits.test.checksums) == set(FILES.values())


@pytest.mark.parametrize("form", ["idx", "idx.gz", "npz", "pkl"])
@pytest.mark.parametrize("place", ["named", "variable", "work/data", "cache/handgrad/mnist", f"home/{KERAS}"])
def test_found_in_every_place_and_format(
    nowhere: Path, tiny: Parts, known: KnownSet, form: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS[form](nowhere / place / FILE_NAMES.get(form, ""), tiny)
    monkeypatch.setenv("HANDGRAD_DATA", str(nowhere / "variable") if place == "variable" else "")
    named = nowhere / place if place == "named" else None
    check(load_known(known, named, download=False, validation=10), tiny)


def test_checksums_are_recorded(nowhere: Path, tiny: Parts, known: KnownSet) -> None:
    write_idx_folder(nowhere / "a", tiny)
    splits = load_known(known, nowhere / "a", validation=10)
    assert splits.train.checksums["train-images-idx3-ubyte"] == known.sha256["train-images"]


def test_named_place_is_never_passed_over(
    nowhere: Path, tiny: Parts, known: KnownSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx_folder(nowhere / "work" / "data", tiny)
    (nowhere / "empty").mkdir()
    with pytest.raises(
        DataError, match=r"empty \(--data-dir\): expected MNIST, got a folder with nothing in it"
    ):
        load_known(known, nowhere / "empty", validation=10)
    monkeypatch.setenv("HANDGRAD_DATA", str(nowhere / "gone"))
    with pytest.raises(DataError, match=r"gone \(HANDGRAD_DATA\): expected MNIST, got nothing there"):
        load_known(known, validation=10)
    write_idx_folder(nowhere / "gone", tiny)
    (nowhere / "gone" / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"\(HANDGRAD_DATA\): expected MNIST, got no train-labels"):
        load_known(known, validation=10)


@pytest.mark.parametrize("name", FILES.values())
def test_one_changed_byte_is_found_named_and_can_be_accepted(
    nowhere: Path, tiny: Parts, known: KnownSet, name: str
) -> None:
    files = idx_files(tiny)
    changed = bytearray(files[name])
    changed[-1] = (changed[-1] + 1) % 10
    files[name] = bytes(changed)
    (nowhere / "a").mkdir()
    for file_name, content in files.items():
        (nowhere / "a" / f"{file_name}.gz").write_bytes(gzip.compress(content))
    role = next(role for role, file_name in FILES.items() if file_name == name)
    pattern = rf"{name}\.gz: expected .*{known.sha256[role]}, got [0-9a-f]{{64}}\..*--no-verify"
    with pytest.raises(DataError, match=pattern):
        load_known(known, nowhere / "a", validation=10)
    load_known(known, nowhere / "a", validation=10, verify=False)


def test_mat_needs_verify_false(nowhere: Path, tiny: Parts, known: KnownSet) -> None:
    WRITERS["mat"](nowhere / "a" / "mnist_all.mat", tiny)
    with pytest.raises(DataError, match=r"mnist_all\.mat: .*sorted by class.*verify=False"):
        load_known(known, nowhere / "a", validation=10)
    splits = load_known(known, nowhere / "a", validation=10, verify=False)
    assert len(splits.train) == 26


def test_downloads_into_the_cache_once(nowhere: Path, tiny: Parts, known: KnownSet, server: Server) -> None:
    write_idx_folder(nowhere / "served", tiny)
    server.files = {path.name: path.read_bytes() for path in (nowhere / "served").iterdir()}
    known = replace(known, mirrors=(server.mirror("good"),))
    with pytest.raises(DownloadError, match="ruled out"):
        load_known(known, download=False, validation=10)
    assert server.asked == []
    check(load_known(known, validation=10), tiny)
    check(load_known(known, validation=10), tiny)
    assert len(server.asked) == 4


def test_half_a_set_in_data_is_passed_over(nowhere: Path, tiny: Parts, known: KnownSet) -> None:
    write_idx_folder(nowhere / "work" / "data", tiny)
    (nowhere / "work" / "data" / "t10k-labels-idx1-ubyte.gz").unlink()
    write_idx_folder(nowhere / "cache" / "handgrad" / "mnist", tiny)
    check(load_known(known, download=False, validation=10), tiny)


def test_no_copy_and_no_network(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(socket, "getaddrinfo", offline)
    told: list[str] = []
    splits = load_data(on_fallback=told.append)
    assert splits.train.name == "digits"
    (message,) = told
    assert "NOT MNIST" in message
    assert "Name or service not known" in message
    with pytest.warns(UserWarning, match="NOT MNIST"):
        load_data()
    for name in ("mnist", "fashion-mnist"):
        with pytest.raises(DownloadError, match="Name or service not known"):
            load_data(name, on_fallback=told.append)
    with pytest.raises(DownloadError):
        load_mnist()
    assert len(told) == 1


def test_total_time_lost_to_silent_mirrors_stays_under_ten_seconds() -> None:
    assert Patience().total <= 8
    assert len(MNIST.mirrors + MNIST.archives) * Patience().each >= Patience().total


def test_damaged_data_is_no_reason_to_fall_back(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDGRAD_DATA", str(nowhere))
    for name in FILES.values():
        (nowhere / name).write_bytes(b"")
    with pytest.raises(DataError, match="an empty file"):
        load_data(on_fallback=lambda message: pytest.fail(message))


def test_names() -> None:
    assert load_data("digits").test.name == "digits"
    with pytest.raises(DataError, match="did you mean fashion-mnist"):
        load_data("fashon-mnist")
    with pytest.raises(DataError, match="check the path"):
        load_data("/no/such/folder")


@pytest.mark.parametrize("form", WRITERS)
def test_a_folder_of_ones_own(tmp_path: Path, tiny: Parts, form: str) -> None:
    WRITERS[form](tmp_path / "own" / FILE_NAMES.get(form, ""), tiny)
    with pytest.raises(DataError, match=r"whose checksum is known.*--no-verify") as caught:
        load_data(tmp_path / "own")
    assert "(MNIST, Fashion-MNIST), got another one" in str(caught.value)
    assert "ubyte" not in str(caught.value)  # a name that most of the formats have not
    splits = load_data(str(tmp_path / "own"), verify=False)
    assert [len(splits.train), len(splits.validation), len(splits.test)] == [30, 6, 12]
    assert splits.train.name == "own"
    assert splits.train.classes == 10
    assert len(load_folder(tmp_path / "own", verify=False, validation=4).train) == 32


def test_any_size_and_number_of_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 3, 5, 7), dtype=np.uint8)
    part = Part(images, np.arange(12) * 3)
    WRITERS["npz"](tmp_path / "own.npz", Parts(part, part))
    splits = load_folder(tmp_path / "own.npz", verify=False)
    assert splits.train.input_shape == (3, 5, 7)
    assert splits.train.classes == splits.validation.classes == 34


def test_nan_in_a_file_names_its_image(tmp_path: Path) -> None:
    images = np.zeros((12, 4, 4), np.float32)
    images[5, 0, 0] = np.nan
    part = Part(images, np.arange(12))
    WRITERS["npz"](tmp_path / "own.npz", Parts(part, part))
    with pytest.raises(DataError, match="image 5: expected finite pixels, got NaN"):
        load_folder(tmp_path / "own.npz", verify=False)


def test_label_outside_the_ten_classes_of_mnist(tmp_path: Path, tiny: Parts) -> None:
    labels = tiny.train.labels.copy()
    labels[3] = 10
    write_idx_folder(tmp_path, Parts(Part(tiny.train.images, labels), tiny.test))
    with pytest.raises(DataError, match=r"mnist \(train\): label 3: expected 0 to 9"):
        load_known(MNIST, tmp_path, validation=10, verify=False)


def test_counts_that_differ(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, tiny)
    write_idx_folder(tmp_path / "b", Parts(tiny.test, tiny.train))
    (tmp_path / "b" / "train-labels-idx1-ubyte.gz").replace(tmp_path / "train-labels-idx1-ubyte.gz")
    with pytest.raises(DataError, match=rf"{re.escape(str(tmp_path))} \(train\).*36 images and 12 labels"):
        load_folder(tmp_path, verify=False)


@pytest.mark.mnist
def test_real_mnist(mnist: Splits) -> None:
    assert [len(part) for part in (mnist.train, mnist.validation, mnist.test)] == [50_000, 10_000, 10_000]
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert idx_digest(mnist.test.images) == MNIST.sha256["test-images"]
    assert round(float(mnist.train.images.mean()) / 255, 2) == 0.13


@pytest.mark.mnist
@pytest.mark.parametrize("form", ["npz", "pkl"])
def test_real_mnist_verifies_in_other_formats(mnist: Splits, tmp_path: Path, form: str) -> None:
    train, validation, test = (Part(p.images, p.labels) for p in (mnist.train, mnist.validation, mnist.test))
    WRITERS[form](tmp_path / FILE_NAMES[form], Parts(train, test, validation))
    again = load_mnist(tmp_path)
    np.testing.assert_array_equal(again.train.images, mnist.train.images)


@pytest.mark.mnist
def test_real_mnist_is_not_fashion(mnist: Splits, tmp_path: Path) -> None:
    train = Part(mnist.train.images[:20], mnist.train.labels[:20])
    write_idx_folder(tmp_path, Parts(train, train))
    with pytest.raises(DataError, match="expected Fashion-MNIST's"):
        load_fashion_mnist(tmp_path, validation=3)
