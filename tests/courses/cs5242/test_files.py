"""The course's data file and archive."""

import zipfile

import numpy as np
import pytest

from handgrad.courses.cs5242.files import pack, write_data
from handgrad.errors import DataError
from tests.courses.cs5242.made import splits_of


def test_mnist_npz_as_keras_has_it(tmp_path):
    splits = splits_of(8, 2, 3)
    assert write_data(splits, tmp_path) == [tmp_path / "data" / "mnist.npz"]
    with np.load(tmp_path / "data" / "mnist.npz") as found:
        assert set(found.files) == {"x_train", "y_train", "x_test", "y_test"}
        assert found["x_train"].dtype == found["y_train"].dtype == np.uint8
        np.testing.assert_array_equal(
            found["x_train"], np.concatenate([splits.train.images, splits.validation.images])
        )
        np.testing.assert_array_equal(
            found["y_train"], np.concatenate([splits.train.labels, splits.validation.labels])
        )
        np.testing.assert_array_equal(found["x_test"], splits.test.images)
        np.testing.assert_array_equal(found["y_test"], splits.test.labels)


def test_nobodys_file_is_overwritten(tmp_path):
    write_data(splits_of(8, 2, 3), tmp_path)
    before = (tmp_path / "data" / "mnist.npz").read_bytes()
    write_data(splits_of(8, 2, 3), tmp_path)  # the same once more is no mistake
    with pytest.raises(DataError, match="other content"):
        write_data(splits_of(9, 2, 3), tmp_path)
    assert (tmp_path / "data" / "mnist.npz").read_bytes() == before


@pytest.fixture
def student(tmp_path):
    folder = tmp_path / "assignment1"
    for name in (
        "codes/layers.py",
        "codes/loss.py",
        "codes/optimizers.py",
        "codes/utils/tools.py",
        "codes/assignment.ipynb",
        "codes/data/load.py",
        "codes/data/mnist.npz",
        "codes/.ipynb_checkpoints/a.ipynb",
        "codes/__pycache__/layers.py",
        "report.pdf",
        "notes.txt",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_the_archive_that_section_11_asks_for(student, tmp_path):
    made = pack(student, "e0123456g", tmp_path)
    assert made == tmp_path / "e0123456g.zip"
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == [
            "e0123456g/codes/assignment.ipynb",
            "e0123456g/codes/layers.py",
            "e0123456g/codes/loss.py",
            "e0123456g/codes/optimizers.py",
            "e0123456g/codes/utils/tools.py",
            "e0123456g/report.pdf",
        ]
        assert archive.read("e0123456g/report.pdf") == b"report.pdf"
    first = made.read_bytes()
    assert pack(student, "e0123456g", tmp_path).read_bytes() == first


@pytest.mark.parametrize("missing", ["codes/loss.py", "report.pdf"])
def test_a_missing_file_is_named(student, tmp_path, missing):
    (student / missing).unlink()
    with pytest.raises(DataError, match=missing):
        pack(student, "e0123456g", tmp_path)
    assert not (tmp_path / "e0123456g.zip").exists()


def test_an_archive_of_other_modules_is_replaced_and_others_are_not(student, tmp_path):
    made = pack(student, "e0123456g", tmp_path)
    (student / "codes" / "notes.md").write_text("more")
    (student / "codes" / "utils" / "tools.py").unlink()
    pack(student, "e0123456g", tmp_path)
    with zipfile.ZipFile(made) as archive:
        assert "e0123456g/codes/notes.md" in archive.namelist()
    for extra in ("e0123456g/holiday.jpg", "other/codes/layers.py"):
        pack(student, "e0123456g", tmp_path)
        with zipfile.ZipFile(made, "a") as archive:
            archive.writestr(extra, "mine")
        before = made.read_bytes()
        with pytest.raises(DataError, match="move the file away"):
            pack(student, "e0123456g", tmp_path)
        assert made.read_bytes() == before
        made.unlink()
