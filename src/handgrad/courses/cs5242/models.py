"""`models` of the course: a stack of layers that trains itself and prints the course's log."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.courses.cs5242.layer import Layer, Params
from handgrad.courses.cs5242.loss import Loss, Regularization
from handgrad.courses.cs5242.optimizers import Optimizer
from handgrad.courses.cs5242.weights import read_weights, write_weights
from handgrad.errors import ArgumentError

__all__ = ["Model"]

Loader: TypeAlias = Iterator[tuple[Array, IntArray]]


class Data(Protocol):
    """What `Model.train` asks of a data set; `datasets.MNIST` has it."""

    num_train: int

    def train_loader(self, batch: int) -> Loader:
        """Batches without an end."""

    def val_loader(self, batch: int) -> Loader:
        """Every validation image once."""

    def test_loader(self, batch: int) -> Loader:
        """Every test image once."""


class Model:
    """A stack of layers with an optimizer, a loss and a penalty.

    Example:
        >>> from handgrad.courses.cs5242.layers import FCLayer
        >>> from handgrad.courses.cs5242.loss import SoftmaxCrossEntropy
        >>> from handgrad.courses.cs5242.optimizers import SGD
        >>> np.random.seed(0)
        >>> model = Model()
        >>> model.add(FCLayer(2, 2))
        >>> model.compile(SGD(lr=1), SoftmaxCrossEntropy(2))
        >>> first, _ = model.forward(np.eye(2), np.array([0, 1]))
        >>> model.backward(np.array([0, 1]))
        >>> model.update(model.optimizer, iteration=0)
        >>> bool(model.forward(np.eye(2), np.array([0, 1]))[0] < first)
        True
    """

    optimizer: Optimizer
    loss: Loss

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.inputs: list[AnyArray] = []
        self.regularization: Regularization | None = None

    def add(self, layer: Layer) -> None:
        """Put a layer on top."""
        self.layers.append(layer)

    def compile(self, optimizer: Optimizer, loss: Loss, regularization: Regularization | None = None) -> None:
        """Choose what trains.

        Arguments:
            optimizer: changes the parameters.
            loss: of the outputs.
            regularization: a penalty on the parameters, whose gradient is added.
        """
        self.optimizer, self.loss, self.regularization = optimizer, loss, regularization

    def forward(self, inputs: AnyArray, targets: IntArray) -> tuple[float, Array]:
        """The loss and the probabilities.

        Arguments:
            inputs: (batch, ...).
            targets: (batch,), class numbers.

        Raises:
            ArgumentError: not compiled.
            ShapeError, DataError: inputs or targets that do not fit.
        """
        self.inputs = [inputs]
        for layer in self.layers:
            self.inputs.append(layer.forward(self.inputs[-1]))
        return self._compiled().loss.forward(self.inputs[-1], targets)

    def backward(self, targets: IntArray) -> None:
        """Carry the gradient of the last `forward` back to every layer's `w_grad` and `b_grad`."""
        grads = self.loss.backward(self.inputs[-1], targets)
        for layer, inputs in zip(reversed(self.layers), reversed(self.inputs[:-1]), strict=True):
            grads = layer.backward(grads, inputs)

    def get_params(self) -> tuple[Params, Params]:
        """All that is learnt by name ("layer-0th:conv1/weights"), and its gradients with the penalty's."""
        params: Params = {}
        grads: Params = {}
        for position, layer in enumerate(self.layers):
            if layer.trainable:
                own_params, own_grads = layer.get_params(f"layer-{position}th")
                params |= own_params
                grads |= own_grads
        if self.regularization:
            penalty = self.regularization.backward(params)
            grads = {name: grad + penalty[name] for name, grad in grads.items()}
        return params, grads

    def update(self, optimizer: Optimizer, iteration: int) -> None:
        """Let an optimizer make one step.

        Arguments:
            optimizer: of the course's kind.
            iteration: from 0 over the whole training.
        """
        self._take_over(optimizer.update(*self.get_params(), iteration))

    def train(
        self,
        dataset: Data,
        train_batch: int = 32,
        val_batch: int = 1000,
        test_batch: int = 1000,
        epochs: int = 5,
        val_intervals: int = 100,
        test_intervals: int = 500,
        print_intervals: int = 100,
    ) -> tuple[Array, Array, Array]:
        """Train, and print the course's log.

        Arguments:
            dataset: such as `datasets.MNIST()`, loaded.
            train_batch: images an iteration.
            val_batch, test_batch: images at once in evaluations.
            epochs: of num_train // train_batch iterations.
            val_intervals, test_intervals: iterations between evaluations, from an epoch's first on; 0 or
                less: none.
            print_intervals: iterations between the log's lines.

        Returns:
            train_results (every iteration), val_results and test_results: rows of iteration over the whole
            training, loss, accuracy.

        Raises:
            ArgumentError: not compiled, a data set that was not loaded, or fewer images than one batch has.
        """
        loader, iterations = self._batches(dataset, train_batch)
        train_results, val_results, test_results = [], [], []
        for epoch in range(epochs):
            print(f"Epoch {epoch}:")
            for iteration in range(iterations):
                total = epoch * iterations + iteration
                if _due(iteration, test_intervals):
                    test_results.append((total, *self.test(dataset, test_batch)))
                if _due(iteration, val_intervals):
                    val_results.append((total, *self.val(dataset, val_batch)))
                x, y = next(loader)
                loss, probs = self.forward(x, y)
                accuracy = np.mean(np.argmax(probs, axis=-1) == y)
                train_results.append((total, loss, accuracy))
                if _due(iteration, print_intervals):
                    print(self._line(iteration, float(accuracy), loss))
                self.backward(y)
                self.update(self.optimizer, total)
        return np.array(train_results), np.array(val_results), np.array(test_results)

    def test(self, dataset: Data, test_batch: int) -> tuple[float, float]:
        """Print and return loss and accuracy on the test images."""
        loss, accuracy = self._evaluate(dataset.test_loader, test_batch)
        print(f"Test accuracy={accuracy:.5f}, loss={loss:.5f}")
        return loss, accuracy

    def val(self, dataset: Data, val_batch: int) -> tuple[float, float]:
        """Print and return loss and accuracy on the validation images."""
        loss, accuracy = self._evaluate(dataset.val_loader, val_batch)
        print(f"Validation accuracy: {accuracy:.5f}, loss: {loss:.5f}")
        return loss, accuracy

    def save(self, path: str | Path) -> None:
        """Write all parameters, as an ``.npz`` of plain arrays under their names.

        Raises:
            DataError: the file cannot be written.
        """
        write_weights(Path(path), self._everything())

    def load(self, path: str | Path) -> None:
        """Read what `save` wrote.

        Raises:
            DataError: the file is missing or damaged.
            WeightsError: it belongs to another network.
        """
        self._take_over(read_weights(Path(path), self._everything()))

    def _compiled(self) -> "Model":
        if not hasattr(self, "loss"):
            raise ArgumentError(
                "Model", expected="a compiled model", got="none", hint="call compile(optimizer, loss) first"
            )
        return self

    def _batches(self, dataset: Data, batch: int) -> tuple[Loader, int]:
        """The training batches, and how many make an epoch."""
        if not dataset.num_train:
            raise ArgumentError(
                "Model.train",
                expected="a data set with training images",
                got="none in it",
                hint="its load() must be called first: mnist = MNIST(), then mnist.load()",
            )
        iterations = dataset.num_train // batch if batch > 0 else 0
        if iterations < 1:
            raise ArgumentError(
                "Model.train", expected=f"train_batch from 1 to {dataset.num_train}", got=str(batch)
            )
        return dataset.train_loader(batch), iterations

    def _line(self, iteration: int, accuracy: float, loss: float) -> str:
        line = f"Iteration {iteration}:\taccuracy={accuracy:.5f}, loss={loss:.5f}"
        if self.regularization is None:
            return line
        return f"{line}, regularization loss= {self.regularization.forward(self.get_params()[0])}"

    def _evaluate(self, loader: Callable[[int], Loader], batch: int) -> tuple[float, float]:
        modes = [layer.training for layer in self.layers]
        loss_sum, right, count = 0.0, 0, 0
        try:
            for layer in self.layers:
                layer.set_mode(training=False)
            for x, y in loader(batch):
                loss, probs = self.forward(x, y)
                loss_sum += float(loss) * len(y)
                right += int(np.sum(np.argmax(probs, axis=-1) == y))
                count += len(y)
        finally:
            for layer, mode in zip(self.layers, modes, strict=True):
                layer.set_mode(training=mode)
        return loss_sum / count, right / count

    def _everything(self) -> Params:
        """Also what is not to be learnt."""
        params: Params = {}
        for position, layer in enumerate(self.layers):
            trainable, layer.trainable = layer.trainable, True
            params |= layer.get_params(f"layer-{position}th")[0]
            layer.trainable = trainable
        return params

    def _take_over(self, params: Params) -> None:
        for position, layer in enumerate(self.layers):
            prefix = f"layer-{position}th:"
            layer.update({name: value for name, value in params.items() if name.startswith(prefix)})


def _due(iteration: int, interval: int) -> bool:
    return interval > 0 and iteration % interval == 0
