import zipfile

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.hw5.files import pack, write_data
from handgrad.errors import DataError


@pytest.fixture
def splits():
    rng = np.random.default_rng(4)
    parts = [
        hg.Dataset(rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n), classes=10)
        for n in (5, 3, 2)
    ]
    return hg.Splits(*parts)


def test_the_data_are_laid_out_as_keras_lays_them_out(splits, tmp_path):
    (path,) = write_data(splits, tmp_path)
    assert path == tmp_path / "data" / "mnist.npz"
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    assert sorted(arrays) == ["x_test", "x_train", "y_test", "y_train"]
    assert all(array.dtype == np.uint8 for array in arrays.values())
    np.testing.assert_array_equal(arrays["x_train"][:5], splits.train.images)
    np.testing.assert_array_equal(arrays["x_train"][5:], splits.validation.images)
    np.testing.assert_array_equal(arrays["y_train"][5:], splits.validation.labels)
    np.testing.assert_array_equal(arrays["x_test"], splits.test.images)
    np.testing.assert_array_equal(arrays["y_test"], splits.test.labels)


def test_the_same_data_are_left_and_others_refused(splits, tmp_path):
    (path,) = write_data(splits, tmp_path)
    before = path.stat().st_mtime_ns
    assert write_data(splits, tmp_path) == [path]
    assert path.stat().st_mtime_ns == before
    with pytest.raises(DataError, match="a file with other content"):
        write_data(hg.Splits(splits.train, splits.test, splits.validation), tmp_path)
    path.write_text("a diary")
    with pytest.raises(DataError, match=r"cannot be read, another kind of file.* move the file away"):
        write_data(splits, tmp_path)
    assert path.read_text() == "a diary"


def test_the_archive_holds_the_two_files_and_no_more(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("hw5.py", "nn_layers.py", "notes.txt"):
        (folder / name).write_text(f"# {name}\n")
    archive = pack(folder, "20260001", tmp_path / "out")
    assert archive == tmp_path / "out" / "20260001.zip"
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.namelist() == ["hw5.py", "nn_layers.py"]
        assert zipped.read("nn_layers.py") == b"# nn_layers.py\n"


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "hw5.py").write_text("")
    with pytest.raises(DataError, match=r"nn_layers.py"):
        pack(tmp_path, "20260001", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["hw5.py"]
