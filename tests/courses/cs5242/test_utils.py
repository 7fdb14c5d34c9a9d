"""`utils` of the course: the relative error, the gradient check, the data set."""

import numpy as np
import pytest

from handgrad.courses.cs5242 import FCLayer, Flatten, Layer, ReLU, SoftmaxCrossEntropy
from handgrad.courses.cs5242.files import write_data
from handgrad.courses.cs5242.utils.check_grads import check_grads_layer, check_grads_loss, layer_errors
from handgrad.courses.cs5242.utils.datasets import MNIST
from handgrad.courses.cs5242.utils.tools import rel_error
from handgrad.errors import DataError, ShapeError
from tests.courses.cs5242.made import splits_of


def test_rel_error_is_a_mean():
    assert rel_error(np.array([1.0, 0.0, -2.0]), np.array([3.0, 0.0, 2.0])) == pytest.approx(
        (0.5 + 0 + 1) / 3
    )
    assert rel_error(np.float64(1), 1) == 0
    assert rel_error(np.array([1e-9]), np.array([0.0])) == pytest.approx(0.1)


class Doubled(Layer):
    """A layer whose backward pass is wrong by a factor."""

    def __init__(self):
        super().__init__("doubled")

    def forward(self, inputs):
        return inputs**2

    def backward(self, in_grads, inputs):
        return 4 * inputs * in_grads


def test_a_wrong_layer_is_found():
    assert layer_errors(Doubled(), np.ones((2, 2)), np.ones((2, 2)))["inputs"] == pytest.approx(0.5)


def test_a_layer_that_returns_a_view_is_right():
    assert layer_errors(Flatten(), np.ones((2, 2, 3)), np.ones((2, 6)))["inputs"] < 1e-9


def test_check_prints_as_the_document_shows(capsys):
    np.random.seed(0)
    x = np.random.uniform(size=(3, 4))
    before = x.copy()
    check_grads_layer(FCLayer(4, 2), x, np.random.uniform(size=(3, 2)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "<1e-8 will be fine"
    words = [line.rpartition(": ")[0] for line in lines[1:]]
    assert words == ["Gradients to inputs", "Gradients to weights", "Gradients to bias"]
    assert all(float(line.rpartition(": ")[2]) < 1e-8 for line in lines[1:])
    np.testing.assert_array_equal(x, before)
    check_grads_layer(ReLU(), x, x)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_check_of_a_loss(capsys):
    x = np.random.default_rng(0).uniform(size=(4, 3))
    check_grads_loss(SoftmaxCrossEntropy(3), x, np.array([0, 1, 2, 2]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "<1e-8 will be fine"
    assert float(lines[1].removeprefix("Gradients to inputs: ")) < 1e-8


@pytest.fixture
def mnist(tmp_path, capsys):
    splits = splits_of(40, 10, 25)
    (path,) = write_data(splits, tmp_path)
    dataset = MNIST()
    dataset.load(path)
    assert capsys.readouterr().out.splitlines() == [
        "Number of training images: 40",
        "Number of validation images: 10",
        "Number of testing images: 25",
    ]
    return dataset, splits


def test_the_training_file_is_cut_at_four_fifths(mnist):
    dataset, splits = mnist
    assert (dataset.num_train, dataset.num_val, dataset.num_test) == (40, 10, 25)
    for x, y, part in [
        (dataset.x_train, dataset.y_train, splits.train),
        (dataset.x_val, dataset.y_val, splits.validation),
        (dataset.x_test, dataset.y_test, splits.test),
    ]:
        assert x.dtype == np.float64
        np.testing.assert_array_equal(x, part.images[:, None].astype(float) / 255)
        np.testing.assert_array_equal(y, part.labels)


def test_training_batches_are_drawn_from_numpys_state(mnist):
    dataset, _ = mnist
    np.random.seed(5)
    x, y = next(dataset.train_loader(30))
    chosen = np.random.RandomState(5).choice(40, 30)
    np.testing.assert_array_equal(x, dataset.x_train[chosen])
    np.testing.assert_array_equal(y, dataset.y_train[chosen])
    assert len(set(chosen)) < 30  # with replacement, as the course has it


def test_training_batches_in_order_begin_anew(mnist):
    dataset, _ = mnist
    loader = dataset.train_loader(15, shuffle=False)
    for start in (0, 15, 0):
        np.testing.assert_array_equal(next(loader)[1], dataset.y_train[start : start + 15])
    loader = dataset.train_loader(20, shuffle=False)  # the last batch of 40 images is a whole one
    for start in (0, 20, 0):
        np.testing.assert_array_equal(next(loader)[1], dataset.y_train[start : start + 20])


def test_other_batches_hold_every_image_once(mnist):
    dataset, _ = mnist
    batches = list(dataset.test_loader(10))
    assert [len(y) for _, y in batches] == [10, 10, 5]
    np.testing.assert_array_equal(np.concatenate([y for _, y in batches]), dataset.y_test)
    assert [len(y) for _, y in dataset.val_loader(1000)] == [10]


def test_a_missing_file_names_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"data/mnist.npz.*`handgrad course data cs5242 \.`"):
        MNIST().load()


def test_in_grads_of_another_shape_than_the_outputs():
    with pytest.raises(ShapeError, match=r"in_grads of shape the layer's outputs = \(2, 3\), got \(2, 4\)"):
        check_grads_layer(ReLU(), np.ones((2, 3)), np.ones((2, 4)))
