from pathlib import Path

import numpy as np
import pytest

from handgrad.data.npy_folder import find_npy, read_npy_folder, write_npy_folder
from handgrad.data.parts import Parts
from handgrad.errors import DataError


@pytest.mark.parametrize("prefix", ["", "MNIST_"])
@pytest.mark.parametrize("flatten", [True, False])
def test_round_trip(tmp_path: Path, tiny: Parts, prefix: str, flatten: bool) -> None:
    parts = Parts(tiny.train, tiny.test, tiny.train.sliced(0, 5))
    write_npy_folder(tmp_path, parts, prefix=prefix, flatten=flatten)
    stored = np.load(tmp_path / f"{prefix}train_images.npy")
    np.testing.assert_array_equal(stored, tiny.train.images.reshape(36, 36) if flatten else tiny.train.images)
    assert find_npy(tmp_path) == prefix
    back = read_npy_folder(tmp_path)
    assert back.validation is not None
    np.testing.assert_array_equal(back.validation.images, tiny.train.images[:5])
    np.testing.assert_array_equal(back.test.labels, tiny.test.labels)


def test_without_validation(tmp_path: Path, tiny: Parts) -> None:
    write_npy_folder(tmp_path, tiny)
    assert read_npy_folder(tmp_path).validation is None


def test_columns_of_labels(tmp_path: Path, tiny: Parts) -> None:
    write_npy_folder(tmp_path, tiny)
    np.save(tmp_path / "train_labels.npy", tiny.train.labels[:, None])
    np.testing.assert_array_equal(read_npy_folder(tmp_path).train.labels, tiny.train.labels)


def test_damaged(tmp_path: Path, tiny: Parts) -> None:
    write_npy_folder(tmp_path, tiny)
    path = tmp_path / "test_images.npy"
    whole = path.read_bytes()
    huge = whole.replace(b"(12, 6, 6)", b"(9999999999, 9999999999)")
    for content in (whole[:-1], whole[:40], b"", b"no array", huge):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"test_images\.npy"):
            read_npy_folder(tmp_path)
    np.save(path, np.array([{}], object), allow_pickle=True)
    with pytest.raises(DataError, match="of numbers"):
        read_npy_folder(tmp_path)
    path.unlink()
    with pytest.raises(DataError, match=r"test_images\.npy: expected a file, got none"):
        read_npy_folder(tmp_path)


def test_empty_folder_and_odd_rows(tmp_path: Path, tiny: Parts) -> None:
    with pytest.raises(DataError, match=r"no train_images\.npy"):
        read_npy_folder(tmp_path)
    write_npy_folder(tmp_path, tiny)
    np.save(tmp_path / "train_images.npy", np.zeros((36, 35), np.uint8))
    with pytest.raises(DataError, match="rows of 35"):
        read_npy_folder(tmp_path)
