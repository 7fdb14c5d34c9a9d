import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from handgrad.data.npz import read_npz, write_npz
from handgrad.data.parts import Parts
from handgrad.errors import DataError


def save(path: Path, parts: Parts, **more: np.ndarray) -> None:
    arrays = {
        "x_train": parts.train.images,
        "y_train": parts.train.labels,
        "x_test": parts.test.images,
        "y_test": parts.test.labels,
    }
    np.savez_compressed(path, **{**arrays, **more})


def test_reads_what_numpy_wrote(tmp_path: Path, tiny: Parts) -> None:
    save(tmp_path / "mnist.npz", tiny)
    back = read_npz(tmp_path / "mnist.npz")
    np.testing.assert_array_equal(back.train.images, tiny.train.images)
    np.testing.assert_array_equal(back.test.labels, tiny.test.labels)


def test_flattened_rows_are_square(tmp_path: Path, tiny: Parts) -> None:
    save(tmp_path / "a.npz", tiny, x_train=tiny.train.images.reshape(36, 36))
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz").train.images, tiny.train.images)
    save(tmp_path / "b.npz", tiny, x_test=np.zeros((12, 35)))
    with pytest.raises(DataError, match="rows of 35"):
        read_npz(tmp_path / "b.npz")


def test_numpy_reads_what_we_wrote(tmp_path: Path, tiny: Parts) -> None:
    names = tuple("abcdefghij")
    write_npz(tmp_path / "own.npz", Parts(tiny.train, tiny.test, names=names))
    with np.load(tmp_path / "own.npz") as archive:
        np.testing.assert_array_equal(archive["x_train"], tiny.train.images)
        np.testing.assert_array_equal(archive["y_test"], tiny.test.labels)
    assert read_npz(tmp_path / "own.npz").names == names


def test_missing_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=np.zeros(3))
    with pytest.raises(DataError, match=r"got x_train\. Hint: add y_train"):
        read_npz(tmp_path / "a.npz")


def test_objects_are_refused(tmp_path: Path, tiny: Parts) -> None:
    save(tmp_path / "a.npz", tiny, y_train=np.array([{}, None], object))
    with pytest.raises(DataError, match="y_train: expected an array of numbers"):
        read_npz(tmp_path / "a.npz")


def test_damaged(tmp_path: Path, tiny: Parts) -> None:
    path = tmp_path / "a.npz"
    save(path, tiny)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(DataError, match="truncated"):
        read_npz(path)
    broken = bytearray(whole)
    broken[300:420] = bytes(120)
    path.write_bytes(broken)
    with pytest.raises(DataError, match=r"damaged|array of numbers"):
        read_npz(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="which is a zip"):
        read_npz(path)
    with pytest.raises(DataError, match="expected a file, got none"):
        read_npz(tmp_path / "none.npz")


def test_zip_of_something_else(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for key in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{key}.npy", b"no array")
    (tmp_path / "a.npz").write_bytes(content.getvalue())
    with pytest.raises(DataError, match="x_train: expected an array of numbers"):
        read_npz(tmp_path / "a.npz")
