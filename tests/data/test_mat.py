from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from handgrad.data.mat import read_mat, write_mat
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError


def pairs(part: Part) -> list[tuple[bytes, int]]:
    return sorted(
        (image.tobytes(), int(label)) for image, label in zip(part.images, part.labels, strict=True)
    )


@pytest.mark.parametrize("form", ["4", "5"])
def test_reads_what_scipy_wrote(tmp_path: Path, tiny: Parts, form: str) -> None:
    variables = {}
    for split, part in (("train", tiny.train), ("test", tiny.test)):
        for label in range(10):
            variables[f"{split}{label}"] = part.images[part.labels == label].reshape(-1, 36)
    savemat(tmp_path / "mnist_all.mat", variables, format=form)
    back = read_mat(tmp_path / "mnist_all.mat")
    assert back.train.images.dtype == np.uint8
    assert pairs(back.train) == pairs(tiny.train)
    assert pairs(back.test) == pairs(tiny.test)


def test_order_is_mixed_and_always_the_same(tmp_path: Path, tiny: Parts) -> None:
    write_mat(tmp_path / "a.mat", tiny)
    first, second = read_mat(tmp_path / "a.mat"), read_mat(tmp_path / "a.mat")
    np.testing.assert_array_equal(first.train.labels, second.train.labels)
    assert (np.diff(first.train.labels) < 0).sum() > 5


def test_scipy_reads_what_we_wrote(tmp_path: Path, tiny: Parts) -> None:
    write_mat(tmp_path / "a.mat", tiny)
    variables = loadmat(tmp_path / "a.mat")
    for label in range(10):
        expected = tiny.train.images[tiny.train.labels == label].reshape(-1, 36)
        np.testing.assert_array_equal(variables[f"train{label}"], expected)


def test_without_the_variables(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"digits": np.zeros((3, 4))})
    with pytest.raises(DataError, match="train0, train1 and so on, got digits"):
        read_mat(tmp_path / "a.mat")
    savemat(tmp_path / "a.mat", {"train0": np.zeros((3, 4))})
    with pytest.raises(DataError, match="test0"):
        read_mat(tmp_path / "a.mat")


def test_rows_of_different_lengths_and_cells(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"train0": np.zeros((3, 4)), "train1": np.zeros((3, 9))})
    with pytest.raises(DataError, match="train1: expected rows of 4 pixels"):
        read_mat(tmp_path / "a.mat")
    savemat(tmp_path / "a.mat", {"train0": np.array([[{}]], object)})
    with pytest.raises(DataError, match="train0: expected an array of numbers"):
        read_mat(tmp_path / "a.mat")


def test_damaged(tmp_path: Path, tiny: Parts) -> None:
    path = tmp_path / "a.mat"
    write_mat(path, tiny)
    whole = path.read_bytes()
    for content in (whole[:200], whole[:-100], b"", b"no MATLAB file " * 30, whole[:150] + b"\xff" * 100):
        path.write_bytes(content)
        with pytest.raises(DataError):
            read_mat(path)
    with pytest.raises(DataError, match="expected a file, got none"):
        read_mat(tmp_path / "none.mat")


def test_version_7_3_is_named(tmp_path: Path) -> None:
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    (tmp_path / "a.mat").write_bytes(header + bytes(400))
    with pytest.raises(DataError, match=r"7\.3"):
        read_mat(tmp_path / "a.mat")


def test_colour_does_not_fit(tmp_path: Path) -> None:
    part = Part(np.zeros((2, 3, 4, 4), np.uint8), np.array([0, 1]))
    with pytest.raises(DataError, match="square grey images"):
        write_mat(tmp_path / "a.mat", Parts(part, part))
