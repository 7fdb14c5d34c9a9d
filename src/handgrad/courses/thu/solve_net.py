"""`solve_net` of the course: an epoch of training, and a test."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.courses.thu.network import Network
from handgrad.courses.thu.plain_layers import Config
from handgrad.courses.thu.shapes import require_whole
from handgrad.courses.thu.utils import LOG_INFO, calculate_acc, onehot_encoding
from handgrad.errors import DataError

__all__ = ["data_iterator", "test_net", "train_net"]

CLASSES = 10


class CourseLoss(Protocol):
    """One of `loss`, or the student's own."""

    def forward(self, input: Array, target: Array) -> float:
        """The mean loss of a batch."""
        ...

    def backward(self, input: Array, target: Array) -> Array:
        """Its gradient with respect to input."""
        ...


def data_iterator(
    x: AnyArray, y: AnyArray, batch_size: int, shuffle: bool = True
) -> Iterator[tuple[AnyArray, AnyArray]]:
    """The data in batches; the last one holds what is left.

    Arguments:
        x, y: arrays with one row for each sample.
        batch_size: samples at a time.
        shuffle: in an order drawn from NumPy's global generator, as `np.random.seed` sets it.

    Yields:
        x and y of a batch.

    Raises:
        DataError: not as many y as x.
        ArgumentError: a batch size that is no whole number from 1 on.

    Example:
        >>> batches = data_iterator(np.arange(5), np.arange(5), 2, shuffle=False)
        >>> [x.tolist() for x, y in batches]
        [[0, 1], [2, 3], [4]]
    """
    if len(x) != len(y):
        raise DataError("data_iterator", expected="as many labels as images", got=f"{len(x)} and {len(y)}")
    require_whole("data_iterator", 1, batch_size=batch_size)
    order = np.arange(len(x))
    if shuffle:
        np.random.shuffle(order)
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]


def train_net(
    model: Network,
    loss: CourseLoss,
    config: Config,
    inputs: AnyArray,
    labels: AnyArray,
    batch_size: int,
    disp_freq: int,
) -> None:
    """One epoch: every batch forward, backward and update; prints the means of the last batches.

    Arguments:
        model: is changed.
        loss: between the model's output and one-hot targets.
        config: with learning_rate, momentum and weight_decay.
        inputs, labels: images n x 1 x 28 x 28, and the digit of each.
        batch_size: images a step.
        disp_freq: steps from one printed line to the next.

    Raises:
        ArgumentError: a batch_size or disp_freq that is no whole number from 1 on.
    """
    require_whole("train_net", 1, disp_freq=disp_freq)
    losses: list[float] = []
    accuracies: list[float] = []
    for step, (input, label) in enumerate(data_iterator(inputs, labels, batch_size), start=1):
        target = onehot_encoding(label, CLASSES)
        output = model.forward(input)
        losses.append(loss.forward(output, target))
        accuracies.append(calculate_acc(output, label))
        model.backward(loss.backward(output, target))
        model.update(config)
        if step % disp_freq == 0:
            means = float(np.mean(losses)), float(np.mean(accuracies))
            LOG_INFO("  Training iter %d, batch loss %.4f, batch acc %.4f" % (step, *means))  # noqa: UP031
            losses, accuracies = [], []


def test_net(model: Network, loss: CourseLoss, inputs: AnyArray, labels: AnyArray, batch_size: int) -> None:
    """Print the mean loss and the accuracy over all batches, each batch counting alike.

    Arguments:
        model: stays as it is.
        loss: between the model's output and one-hot targets.
        inputs, labels: images n x 1 x 28 x 28, and the digit of each.
        batch_size: images at a time.

    Raises:
        DataError: no images, of which there is no mean.
        ArgumentError: a batch_size that is no whole number from 1 on.
    """
    if not len(inputs):
        raise DataError("test_net", expected="at least one image", got="none")
    losses: list[float] = []
    accuracies: list[float] = []
    for input, label in data_iterator(inputs, labels, batch_size, shuffle=False):
        output = model.forward(input)
        losses.append(loss.forward(output, onehot_encoding(label, CLASSES)))
        accuracies.append(calculate_acc(output, label))
    means = float(np.mean(losses)), float(np.mean(accuracies))
    LOG_INFO("    Testing, total mean loss %.5f, total acc %.5f" % means)  # noqa: UP031
