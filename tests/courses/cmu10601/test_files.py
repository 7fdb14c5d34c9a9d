import tarfile

import numpy as np
import pytest
from scipy.io import loadmat

from handgrad.courses.cmu10601.files import pack, write_data
from handgrad.errors import DataError
from tests.courses.cmu10601.made import digits


def test_one_variable_a_class_with_an_image_a_row(tmp_path):
    splits = digits(60, 20, 15)
    (path,) = write_data(splits, tmp_path / "new")
    assert path == tmp_path / "new" / "mnist_all.mat"
    variables = loadmat(path)
    images = np.concatenate([splits.train.images, splits.validation.images]).reshape(80, 784)
    labels = np.concatenate([splits.train.labels, splits.validation.labels])
    for label in range(10):
        train, test = variables[f"train{label}"], variables[f"test{label}"]
        assert train.dtype == np.uint8
        np.testing.assert_array_equal(train, images[labels == label])
        np.testing.assert_array_equal(test, splits.test.images[splits.test.labels == label].reshape(-1, 784))


def test_written_twice_is_written_once(tmp_path):
    splits = digits(60, 20, 15)
    (path,) = write_data(splits, tmp_path)
    before = path.stat().st_mtime_ns, path.read_bytes()
    assert write_data(splits, tmp_path) == [path]
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_another_file_is_left_alone(tmp_path):
    (path,) = write_data(digits(60, 20, 15), tmp_path)
    before = path.read_bytes()
    with pytest.raises(
        DataError, match=r"mnist_all\.mat: expected no file, or the one that would be written"
    ):
        write_data(digits(61, 20, 15), tmp_path)
    assert path.read_bytes() == before
    path.write_text("something else")
    with pytest.raises(DataError, match=r"mnist_all\.mat"):
        write_data(digits(60, 20, 15), tmp_path)
    assert path.read_text() == "something else"


def test_the_archive_holds_the_folder_hw7(tmp_path):
    source = tmp_path / "mine"
    source.mkdir()
    (source / "cnn_lenet.py").write_text("answer = 42\n")
    (source / "mnist_all.mat").write_text("large")
    (source / "testLeNet.py").write_text("import cnn_lenet\n")
    archive = pack(source, "", tmp_path)
    assert archive == tmp_path / "hw7.tar"
    with tarfile.open(archive) as packed:
        assert packed.getnames() == ["hw7", "hw7/cnn_lenet.py"]
        assert packed.getmember("hw7").isdir()
        stream = packed.extractfile("hw7/cnn_lenet.py")
        assert stream is not None
        assert stream.read() == b"answer = 42\n"
    before = archive.read_bytes()
    assert pack(source, "", tmp_path).read_bytes() == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"cnn_lenet\.py: expected a file for the archive, got none"):
        pack(tmp_path, "", tmp_path)
    assert not list(tmp_path.iterdir())
