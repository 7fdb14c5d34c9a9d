"""Loss and accuracy on a whole data set, in evaluation mode."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.data import Dataset, Splits, batch
from handgrad.engine import Engine
from handgrad.engine.own import loss_forward
from handgrad.errors import ArgumentError
from handgrad.metrics import correct

IMAGES_AT_ONCE = 1000  # as floats; the data set itself stays bytes


@dataclass(frozen=True)
class Evaluation:
    """How well a network does on some images.

    Arguments:
        loss: the mean loss.
        accuracy: the share classified rightly, from 0 to 1.
        count: how many images there were.

    Example:
        >>> print(Evaluation(loss=0.0421, accuracy=0.9875, count=10_000))
        98.75% (loss 0.0421)
    """

    loss: float
    accuracy: float
    count: int

    def __str__(self) -> str:
        return f"{self.accuracy:.2%} (loss {self.loss:.4f})"


def evaluate(run: Engine, dataset: Dataset) -> Evaluation:
    """Loss and accuracy of a compiled network on all images of a data set.

    Arguments:
        run: from `handgrad.compile`; its averaged weights are used where averages are kept.
        dataset: normalised as the one that the network was trained on.

    Raises:
        ShapeError, DataError: images or labels that do not fit the network.

    Example:
        >>> import handgrad as hg
        >>> net = hg.Sequential([hg.Flatten(), hg.Linear(16, 2)], seed=0)
        >>> run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
        >>> evaluate(run, hg.Dataset(np.zeros((3, 4, 4), np.uint8), [0, 1, 1])).count
        3
    """
    check_dataset("evaluate", dataset)
    loss_sum, right = 0.0, 0
    for scores, targets in _scores(run, dataset):
        with np.errstate(over="ignore", invalid="ignore"):  # a loss that is not finite says it itself
            loss_sum += loss_forward(run.loss, scores, targets)[0] * len(targets)
        right += correct(scores, targets)
    return Evaluation(loss_sum / len(dataset), right / len(dataset), len(dataset))


def check_dataset(where: str, dataset: object) -> None:
    """Refuse what is no `Dataset`, above all the three parts of one together.

    Raises:
        ArgumentError: it is none.
    """
    if not isinstance(dataset, Dataset):
        hint = "write data.train, data.validation or data.test" if isinstance(dataset, Splits) else ""
        raise ArgumentError(where, expected="a Dataset", got=type(dataset).__name__, hint=hint)


def predicted_classes(run: Engine, dataset: Dataset) -> IntArray:
    """The class that the network gives each image.

    Arguments:
        run: from `handgrad.compile`.
        dataset: normalised as the one that the network was trained on.

    Returns:
        (n,) integers.
    """
    return np.concatenate([scores.argmax(axis=1) for scores, _ in _scores(run, dataset)])


def _scores(run: Engine, dataset: Dataset) -> Iterator[tuple[Array, IntArray]]:
    with run.averaged_weights():
        for start in range(0, len(dataset), IMAGES_AT_ONCE):
            x, targets = batch(dataset, range(start, min(start + IMAGES_AT_ONCE, len(dataset))))
            yield run.predict(x), targets
