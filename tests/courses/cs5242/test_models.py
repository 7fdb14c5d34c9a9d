"""`models.Model`: its log, its results, its files; and `MNISTNet`."""

import re

import numpy as np
import pytest

from handgrad.courses.cs5242 import (
    L2,
    MNIST,
    SGD,
    Adam,
    Dropout,
    FCLayer,
    Flatten,
    MNISTNet,
    Model,
    ReLU,
    SoftmaxCrossEntropy,
)
from handgrad.courses.cs5242.files import write_data
from handgrad.errors import ArgumentError, DataError, WeightsError
from tests.courses.cs5242.made import slopes, splits_of, windows


@pytest.fixture
def mnist(tmp_path, capsys):
    (path,) = write_data(splits_of(120, 30, 25), tmp_path)
    dataset = MNIST()
    dataset.load(path)
    capsys.readouterr()
    np.random.seed(0)
    return dataset


def small(regularization=None, dropout=False) -> Model:
    model = Model()
    model.add(Flatten())
    model.add(FCLayer(784, 12, name="first"))
    model.add(ReLU())
    if dropout:
        model.add(Dropout(0.5))
    model.add(FCLayer(12, 10, name="last"))
    model.compile(optimizer=Adam(lr=0.01), loss=SoftmaxCrossEntropy(10), regularization=regularization)
    return model


NUMBER = r"\d+\.\d{5}"
TEST = rf"Test accuracy={NUMBER}, loss={NUMBER}"
VALIDATION = rf"Validation accuracy: {NUMBER}, loss: {NUMBER}"


def iteration(number: int) -> str:
    return rf"Iteration {number}:\taccuracy={NUMBER}, loss={NUMBER}"


def test_the_log_is_the_documents(mnist, capsys):
    small(L2(0.001)).train(
        mnist, train_batch=30, test_batch=10, epochs=2, val_intervals=2, test_intervals=3, print_intervals=2
    )
    lines = capsys.readouterr().out.splitlines()
    penalty = r", regularization loss= \d+\.\d+"
    epoch = [TEST, VALIDATION, iteration(0) + penalty, VALIDATION, iteration(2) + penalty, TEST]
    expected = ["Epoch 0:", *epoch, "Epoch 1:", *epoch]
    assert len(lines) == len(expected)
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)


def test_the_optimizer_counts_iterations_over_the_whole_training(mnist):
    told = []
    model = small()
    model.optimizer = Adam(lr=0.01, sheduler_func=lambda lr, iteration: told.append(iteration) or lr)
    model.train(mnist, train_batch=30, epochs=2, val_intervals=0, test_intervals=0)
    assert told == list(range(8))  # 4 in each epoch


def test_results_are_rows_of_iteration_loss_accuracy(mnist, capsys):
    model = small()
    train, val, test = model.train(
        mnist, train_batch=30, epochs=2, val_intervals=2, test_intervals=3, print_intervals=3
    )
    assert (train.shape, val.shape, test.shape) == ((8, 3), (4, 3), (4, 3))
    assert train[:, 0].tolist() == list(range(8))
    assert val[:, 0].tolist() == [0, 2, 4, 6]
    assert test[:, 0].tolist() == [0, 3, 4, 7]
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if "Iteration" in line) == (
        f"Iteration 0:\taccuracy={train[0, 2]:.5f}, loss={train[0, 1]:.5f}"  # no penalty, no word of it
    )
    assert lines[1] == f"Test accuracy={test[0, 2]:.5f}, loss={test[0, 1]:.5f}"
    assert lines[2] == f"Validation accuracy: {val[0, 2]:.5f}, loss: {val[0, 1]:.5f}"


def test_intervals_of_zero_switch_off(mnist, capsys):
    _, val, test = small().train(
        mnist, train_batch=60, epochs=1, val_intervals=0, test_intervals=-1, print_intervals=0
    )
    assert (len(val), len(test)) == (0, 0)
    assert capsys.readouterr().out == "Epoch 0:\n"
    _, val, test = small().train(mnist, train_batch=60, epochs=1, val_intervals=1, test_intervals=1)
    assert (len(val), len(test)) == (2, 2)


def test_it_learns(mnist, capsys):
    model = small()
    model.train(mnist, train_batch=30, epochs=15, val_intervals=0, test_intervals=0, print_intervals=0)
    loss, accuracy = model.test(mnist, test_batch=10)
    assert accuracy > 0.9
    everything, probs = model.forward(mnist.x_test, mnist.y_test)
    assert loss == pytest.approx(everything)  # though the last of its batches is smaller
    assert accuracy == (probs.argmax(axis=1) == mnist.y_test).mean()


def test_evaluation_is_without_dropout_and_puts_the_mode_back(mnist, capsys):
    model = small(dropout=True)
    assert model.val(mnist, 30) == model.val(mnist, 30)
    assert all(layer.training for layer in model.layers)


def test_gradients_hold_the_penalty_once():
    np.random.seed(0)
    model = Model()
    model.add(FCLayer(3, 2, name="fc"))
    model.compile(SGD(lr=1), SoftmaxCrossEntropy(2), L2(0.3))
    x, targets = np.random.normal(size=(4, 3)), np.array([0, 1, 1, 0])
    model.forward(x, targets)
    model.backward(targets)
    model.get_params()
    params, grads = model.get_params()  # asked twice: nothing is added to the layer's own

    def total():
        return model.forward(x, targets)[0] + 0.15 * (model.layers[0].weights ** 2).sum()

    for key in ("weights", "bias"):
        expected = slopes(total, params[f"layer-0th:fc/{key}"])
        np.testing.assert_allclose(grads[f"layer-0th:fc/{key}"], expected, atol=1e-8)
    before = params["layer-0th:fc/weights"].copy()
    model.update(model.optimizer, 0)
    np.testing.assert_allclose(model.layers[0].weights, before - grads["layer-0th:fc/weights"])


def test_frozen_layers_stay(mnist, capsys):
    model = small(L2(0.1))
    model.layers[1].set_trainable(False)
    before = model.layers[1].weights.copy()
    model.train(mnist, train_batch=60, epochs=1, val_intervals=0, test_intervals=0, print_intervals=1)
    np.testing.assert_array_equal(model.layers[1].weights, before)


def test_saved_and_loaded(mnist, tmp_path):
    first, second = small(), small()
    first.layers[1].set_trainable(False)
    first.save(tmp_path / "weights.npz")
    second.load(tmp_path / "weights.npz")
    assert first.forward(mnist.x_test, mnist.y_test)[0] == second.forward(mnist.x_test, mnist.y_test)[0]
    other = Model()
    other.add(FCLayer(3, 2))
    with pytest.raises(WeightsError, match="layer-0th:fclayer/weights"):
        other.load(tmp_path / "weights.npz")
    with pytest.raises(DataError, match="none"):
        second.load(tmp_path / "nothing.npz")
    (tmp_path / "text.npz").write_text("no weights")
    with pytest.raises(DataError):
        second.load(tmp_path / "text.npz")


def test_what_is_missing_is_said(mnist):
    model = Model()
    model.add(Flatten())
    with pytest.raises(ArgumentError, match=r"compile\(optimizer, loss\)"):
        model.train(mnist)
    with pytest.raises(ArgumentError, match="train_batch from 1 to 120"):
        small().train(mnist, train_batch=121)


def test_an_unloaded_data_set_is_sent_to_load():
    with pytest.raises(ArgumentError, match=r"load\(\) must be called first") as caught:
        small().train(MNIST(), train_batch=1)
    assert "train_batch" not in str(caught.value)
    for use in (
        lambda: next(MNIST().train_loader(1)),
        lambda: small().val(MNIST(), 10),
        lambda: small().test(MNIST(), 10),
    ):
        with pytest.raises(ArgumentError, match=r"load\(\) must be called first"):
            use()


def test_mnistnet_has_the_documents_layers():
    np.random.seed(0)
    model = MNISTNet()
    model.compile(SGD(), SoftmaxCrossEntropy(10))
    model.forward(np.random.uniform(size=(2, 1, 28, 28)), np.array([0, 9]))
    shapes = [x.shape[1:] for x in model.inputs]
    assert shapes == [
        (1, 28, 28), (6, 26, 26), (6, 26, 26), (6, 13, 13), (16, 11, 11), (16, 11, 11), (16, 5, 5), (400,),
        (256,), (256,), (10,),
    ]  # fmt: skip
    for position, size in ((2, 2), (5, 3)):  # 3 x 3 windows would not show in the shapes
        for (u, v), seen in windows(model.inputs[position], (size, size), 2, 0):
            np.testing.assert_array_equal(model.inputs[position + 1][:, :, u, v], seen.max(axis=(2, 3)))
    params, _ = model.get_params()
    assert sum(value.size for value in params.values()) == 106_166
    deviations = {name: value.std() for name, value in params.items() if "weights" in name}
    assert list(deviations) == [
        "layer-0th:conv1/weights",
        "layer-3th:conv2/weights",
        "layer-7th:fclayer1/weights",
        "layer-9th:fclayer2/weights",
    ]
    assert list(deviations.values()) == pytest.approx([0.001, 0.001, 0.01, 0.01], rel=0.15)
