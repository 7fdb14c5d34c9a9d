import numpy as np
import pytest
from scipy.io import loadmat, savemat

from handgrad.courses.cmu10601.cnn_lenet import load_minst, load_mnist
from handgrad.courses.cmu10601.files import write_data
from handgrad.errors import DataError
from tests.courses.cmu10601.made import digits


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_data(digits(), folder)
    (folder / "work").mkdir()
    return folder


@pytest.fixture
def folder(written, monkeypatch):
    monkeypatch.chdir(written)
    return written


def pairs(x, y):
    """Images with their labels, whatever their order."""
    return sorted((column.tobytes(), int(label)) for column, label in zip(x.T, y, strict=True))


def test_the_parts_have_the_courses_shapes(folder):
    xtrain, ytrain, xval, yval, xtest, ytest = load_mnist()
    assert (xtrain.shape, xval.shape, xtest.shape) == ((784, 600), (784, 120), (784, 80))
    assert (ytrain.shape, yval.shape, ytest.shape) == ((600,), (120,), (80,))
    for x in (xtrain, xval, xtest):
        assert x.dtype == np.float64
        assert (x.min(), x.max()) == (0.0, 1.0)
    assert all(y.dtype.kind == "i" for y in (ytrain, yval, ytest))


def test_the_images_are_those_of_the_file_in_another_order(folder):
    xtrain, ytrain, xval, yval, xtest, ytest = load_mnist(True)
    variables = loadmat(folder / "mnist_all.mat")
    for x, y, split in (
        (np.hstack([xtrain, xval]), np.hstack([ytrain, yval]), "train"),
        (xtest, ytest, "test"),
    ):
        rows = np.vstack([variables[f"{split}{label}"] for label in range(10)])
        labels = np.repeat(np.arange(10), [len(variables[f"{split}{label}"]) for label in range(10)])
        assert pairs(x, y) == pairs(rows.T / 255.0, labels)
        assert (np.diff(y) < 0).mean() > 0.2  # not sorted by class any more


def test_without_fullset_a_twentieth_of_each(folder):
    np.random.seed(3)
    whole = load_mnist(True)
    np.random.seed(3)
    small = load_mnist(fullset=False)
    assert [part.shape[-1] for part in small] == [30, 30, 6, 6, 4, 4]
    for part, of in zip(small, whole, strict=True):
        np.testing.assert_array_equal(part, of[..., : part.shape[-1]])


def test_the_order_comes_from_numpys_global_generator(folder):
    np.random.seed(3)
    first = load_mnist(False)
    second = load_mnist(False)
    assert not np.array_equal(first[0], second[0])
    assert not np.array_equal(first[4], second[4])  # the test images too
    np.random.seed(3)
    assert np.array_equal(load_mnist(False)[0], first[0])


def test_the_folder_above_is_looked_into(folder, monkeypatch):
    monkeypatch.chdir(folder / "work")
    assert load_mnist(False)[0].shape == (784, 30)


def test_mistakes_are_named(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(DataError, match="handgrad course data cmu10601"):
        load_mnist()
    savemat("mnist_all.mat", {"other": np.zeros((1, 1))})
    with pytest.raises(DataError, match="the variables train0"):
        load_mnist()


def test_the_documents_other_name():
    assert load_minst is load_mnist
