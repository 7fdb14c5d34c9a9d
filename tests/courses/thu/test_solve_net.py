"""An epoch of training and a test, beside a perceptron in plain NumPy."""

import re

import numpy as np
import pytest

from handgrad.courses.thu import solve_net
from handgrad.courses.thu.layers import Linear, Relu, Reshape
from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.courses.thu.network import Network
from handgrad.errors import ArgumentError, DataError

CONFIG = {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.001}


def network() -> Network:
    np.random.seed(1)
    model = Network()
    for layer in (
        Reshape("flat", (-1, 9)),
        Linear("fc1", 9, 6, 0.5),
        Relu("relu"),
        Linear("fc2", 6, 10, 0.5),
    ):
        model.add(layer)
    return model


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    return rng.standard_normal((23, 1, 3, 3)), rng.integers(0, 10, 23).astype(np.uint8)


def test_batches_are_shuffled_by_numpys_global_generator_as_a_list_would_be():
    x, y = np.arange(23), np.arange(23) * 2
    np.random.seed(7)
    order = list(range(23))
    np.random.shuffle(order)
    np.random.seed(7)
    batches = list(solve_net.data_iterator(x, y, 5))
    assert [len(a) for a, _ in batches] == [5, 5, 5, 5, 3]
    assert np.concatenate([a for a, _ in batches]).tolist() == order
    assert all(np.array_equal(b, 2 * a) for a, b in batches)


def test_without_shuffling_the_order_stays_and_the_generator_too():
    np.random.seed(7)
    expected = np.random.rand()
    np.random.seed(7)
    assert [a.tolist() for a, _ in solve_net.data_iterator(np.arange(3), np.arange(3), 2, shuffle=False)] == [
        [0, 1],
        [2],
    ]
    assert np.random.rand() == expected


def test_bad_batches_are_refused():
    with pytest.raises(DataError, match="3 and 2"):
        next(solve_net.data_iterator(np.arange(3), np.arange(2), 2))
    with pytest.raises(ArgumentError, match="from 1 on"):
        next(solve_net.data_iterator(np.arange(3), np.arange(3), 0))


def plain_epoch(model: Network, x: np.ndarray, y: np.ndarray) -> tuple[list[float], list[float], list]:
    """The same epoch by formulas written out here."""
    W1, b1, W2, b2 = (getattr(model.layer_list[i], name).copy() for i in (1, 3) for name in ("W", "b"))
    params, diffs = [W1, b1, W2, b2], [0.0] * 4
    order = list(range(len(x)))
    np.random.shuffle(order)
    losses, accuracies = [], []
    for start in range(0, len(x), 5):
        rows = x[order[start : start + 5]].reshape(-1, 9)
        digits = y[order[start : start + 5]]
        hidden = rows @ params[0] + params[1]
        logits = np.maximum(hidden, 0) @ params[2] + params[3]
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        losses.append(-np.log(shares[np.arange(len(rows)), digits]).mean())
        accuracies.append((logits.argmax(axis=1) == digits).mean())
        dlogits = (shares - np.eye(10)[digits]) / len(rows)
        dhidden = (dlogits @ params[2].T) * (hidden > 0)
        grads = [rows.T @ dhidden, dhidden.sum(0), np.maximum(hidden, 0).T @ dlogits, dlogits.sum(0)]
        for i in range(4):
            diffs[i] = 0.9 * diffs[i] + grads[i] + 0.001 * params[i]
            params[i] = params[i] - 0.1 * diffs[i]
    return losses, accuracies, params


def test_an_epoch_is_the_one_written_out(capsys):
    (x, y), model = data(), network()
    np.random.seed(9)
    losses, accuracies, params = plain_epoch(model, x, y)
    np.random.seed(9)
    assert solve_net.train_net(model, SoftmaxCrossEntropyLoss("loss"), CONFIG, x, y, 5, 2) is None
    found = [getattr(model.layer_list[i], name) for i in (1, 3) for name in ("W", "b")]
    for expected, value in zip(params, found, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12)
    lines = [line.split(" ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        f"  Training iter {last}, batch loss {np.mean(losses[last - 2 : last]):.4f}, "
        f"batch acc {np.mean(accuracies[last - 2 : last]):.4f}"
        for last in (2, 4)
    ]


def test_a_line_every_no_steps_is_refused():
    with pytest.raises(ArgumentError, match="disp_freq as a whole number from 1 on, got 0"):
        solve_net.train_net(
            Network(), SoftmaxCrossEntropyLoss("loss"), {}, np.zeros((4, 2)), np.zeros(4, int), 2, 0
        )


def test_a_test_prints_the_means_of_the_batches_and_changes_nothing(capsys):
    (x, y), model = data(), network()
    weights = [layer.W.copy() for layer in model.layer_list if layer.trainable]
    assert solve_net.test_net(model, SoftmaxCrossEntropyLoss("loss"), x, y, 10) is None
    logits = model.forward(x)
    logs = -np.log(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))[np.arange(23), y]
    right = logits.argmax(axis=1) == y
    parts = [slice(0, 10), slice(10, 20), slice(20, 23)]
    loss, accuracy = (np.mean([values[part].mean() for part in parts]) for values in (logs, right))
    expected = rf"[\d:.]+     Testing, total mean loss {loss:.5f}, total acc {accuracy:.5f}\n"
    assert re.fullmatch(expected, capsys.readouterr().out)
    for layer, W in zip([layer for layer in model.layer_list if layer.trainable], weights, strict=True):
        assert np.array_equal(layer.W, W)


def test_a_network_runs_its_layers_in_order_and_back():
    model, x = network(), data()[0]
    assert (len(model.layer_list), model.num_layers) == (4, 4)
    y = x
    for layer in model.layer_list:
        y = layer.forward(y)
    assert np.array_equal(model.forward(x), y)
    grad = np.ones_like(y)
    for layer in reversed(model.layer_list):
        grad = layer.backward(grad)
    assert np.array_equal(model.backward(np.ones_like(y)), grad)
    before = model.layer_list[1].W
    model.update(CONFIG)
    assert not np.array_equal(model.layer_list[1].W, before)


def test_only_layers_that_are_trainable_are_updated():
    model = network()
    model.forward(data()[0])
    model.backward(np.ones((23, 10)))
    model.layer_list[3].trainable = False
    before = model.layer_list[1].W, model.layer_list[3].W
    model.update(CONFIG)
    assert not np.array_equal(model.layer_list[1].W, before[0])
    assert model.layer_list[3].W is before[1]


def test_no_images_have_no_mean(capsys):
    x, y = data()
    with pytest.raises(DataError, match="test_net: expected at least one image, got none"):
        solve_net.test_net(network(), SoftmaxCrossEntropyLoss("loss"), x[:0], y[:0], 10)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("wrong", ["3", 2.0, None, 0])
def test_counts_that_are_no_whole_numbers(wrong):
    x, y = data()
    with pytest.raises(ArgumentError, match="data_iterator: expected batch_size as a whole number from 1 on"):
        next(solve_net.data_iterator(x, y, wrong))
    with pytest.raises(ArgumentError, match="train_net: expected disp_freq as a whole number from 1 on"):
        solve_net.train_net(network(), SoftmaxCrossEntropyLoss("loss"), CONFIG, x, y, 10, wrong)
