import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from handgrad.data.idx import (
    FILES,
    find_idx,
    idx_digest,
    read_idx,
    read_idx_folder,
    write_idx,
    write_idx_folder,
)
from handgrad.data.parts import Parts
from handgrad.errors import DataError
from tests.data.conftest import idx_bytes

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
PLAIN = idx_bytes(IMAGES)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["images", "images.gz"])
def test_reads_what_was_put_together_by_hand(tmp_path: Path, packed: bool, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(PLAIN) if packed else PLAIN)
    array = read_idx(tmp_path / name, "images")
    np.testing.assert_array_equal(array, IMAGES)
    assert array.dtype == np.uint8


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64])
def test_every_type_comes_back(tmp_path: Path, dtype: type) -> None:
    array = np.arange(-6, 6).reshape(3, 4).astype(dtype)
    write_idx(tmp_path / "array.gz", array)
    back = read_idx(tmp_path / "array.gz")
    np.testing.assert_array_equal(back, array)
    assert back.dtype == dtype


def test_big_endian_on_disk(tmp_path: Path) -> None:
    write_idx(tmp_path / "a", np.array([1, 258], np.int32))
    assert (tmp_path / "a").read_bytes() == bytes.fromhex("00000c01 00000002 00000001 00000102")


def test_written_bytes_are_always_the_same(tmp_path: Path) -> None:
    write_idx(tmp_path / "a.gz", IMAGES[:, ::-1])
    write_idx(tmp_path / "b.gz", IMAGES[:, ::-1].copy())
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    write_idx(tmp_path / "c", IMAGES)
    assert (tmp_path / "c").read_bytes() == PLAIN


def test_digest_is_that_of_the_file() -> None:
    assert idx_digest(IMAGES) == idx_digest(IMAGES[:1], IMAGES[1:]) == hashlib.sha256(PLAIN).hexdigest()


DAMAGED = {
    "empty": (b"", "an empty file"),
    "empty inside": (gzip.compress(b""), "an empty file"),
    "magic": (b"\x50\x4b\x03\x04" + PLAIN, "0x504b0304"),
    "page": (b"<html>404</html>", "a web page"),
    "header": (PLAIN[:9], "one that ends early"),
    "truncated": (PLAIN[:-1], "60 bytes of data, got 59|file of 75 bytes"),
    "truncated gzip": (gzip.compress(PLAIN)[:-12], "ends early|damaged"),
    "longer": (PLAIN + b"\0", "got more"),
    "corrupted gzip": (gzip.compress(PLAIN)[:-8] + b"\0" * 8, "damaged"),
    "longer, corrupted": (gzip.compress(PLAIN + b"1")[:-8] + b"\0" * 8, "damaged"),
    "no such deflate": (gzip.compress(PLAIN)[:12] + b"\xff" * 40, "damaged"),
    "promises too much": (bytes.fromhex("00000803 ffffffff ffffffff ffffffff") + b"1", "as its header says"),
    "no items": (bytes.fromhex("00000801 00000000"), "at least one item"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_files_say_so(tmp_path: Path, damage: str) -> None:
    content, says = DAMAGED[damage]
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(DataError, match=says) as error:
        read_idx(path)
    assert str(error.value).startswith(f"{path}: expected ")


def test_corruption_anywhere_in_the_compressed_data_is_noticed(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (4, 8, 8), dtype=np.uint8)
    packed = bytearray(gzip.compress(idx_bytes(noise), mtime=0))
    for position in range(12, len(packed), 7):
        packed[position] ^= 0x40
        (tmp_path / "bad").write_bytes(packed)
        with pytest.raises(DataError):
            read_idx(tmp_path / "bad")
        packed[position] ^= 0x40


def test_labels_where_images_are_expected(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(idx_bytes(np.zeros(5)))
    (tmp_path / "b").write_bytes(PLAIN)
    with pytest.raises(DataError, match=r"expected images.* got labels of shape \(5,\).*exchanged"):
        read_idx(tmp_path / "a", "images")
    with pytest.raises(DataError, match=r"expected labels.* got images"):
        read_idx(tmp_path / "b", "labels")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a file, got none"):
        read_idx(tmp_path / "none")
    with pytest.raises(DataError, match="a readable file"):
        read_idx(tmp_path)


@pytest.mark.parametrize("compressed", [True, False])
def test_folder_round_trip(tmp_path: Path, tiny: Parts, compressed: bool) -> None:
    write_idx_folder(tmp_path, tiny, compressed=compressed)
    names = [name + (".gz" if compressed else "") for name in FILES.values()]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    back = read_idx_folder(tmp_path)
    np.testing.assert_array_equal(back.train.images, tiny.train.images)
    np.testing.assert_array_equal(back.test.labels, tiny.test.labels)


def test_validation_goes_to_the_end_of_training(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, Parts(tiny.train.sliced(0, 30), tiny.test, tiny.train.sliced(30, 36)))
    np.testing.assert_array_equal(read_idx_folder(tmp_path).train.images, tiny.train.images)


def test_missing_companion_is_named(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, tiny)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"got no test-labels\. Hint: add t10k-labels-idx1-ubyte\.gz"):
        read_idx_folder(tmp_path)


def test_compressed_goes_before_plain_and_dots_are_taken(tmp_path: Path) -> None:
    for name in ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "train-labels.idx1-ubyte"):
        (tmp_path / name).touch()
    found = find_idx(tmp_path)
    assert found["train-images"].name == "train-images-idx3-ubyte.gz"
    assert found["train-labels"].name == "train-labels.idx1-ubyte"


def test_what_idx_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="complex128"):
        write_idx(tmp_path / "a", np.zeros(3, complex))
    assert list(tmp_path.iterdir()) == []
