"""The torch engine: the same network, loss and optimizer, computed by PyTorch."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.engine.nonfinite import explain
from handgrad.engine.protocol import Step
from handgrad.engine.reference import ReferenceEngine
from handgrad.engine.torch.layers import check_layers, has_dropout
from handgrad.engine.torch.library import pytorch
from handgrad.engine.torch.losses import mirror_loss
from handgrad.engine.torch.mirror import Mirror
from handgrad.engine.torch.optimizers import check_optimizer, clip_gradients
from handgrad.engine.torch.variants import choose_variant
from handgrad.errors import HandgradError
from handgrad.loss import Loss
from handgrad.metrics import correct
from handgrad.nn import Sequential
from handgrad.nn.layer import Gradients
from handgrad.optim import Clipping, Optimizer, Schedule, WeightAverage

IMAGES_AT_ONCE = 1000  # in prediction: the activations of more would fill the memory


class TorchEngine(ReferenceEngine):
    """Runs a network with PyTorch, from the same first values, for comparison.

    What is remembered between steps is the reference engine's, under the same names: each can load the
    other's state. Two things differ. PyTorch adds up in another order, so that numbers agree to float32
    accuracy and no further. And it draws the masks of `Dropout` in its own way (they too are a function of
    seed and step), so that networks with dropout agree in evaluation only.

    Arguments:
        network: its parameters are updated in place.
        loss: what is minimised; one of handgrad's own.
        optimizer: how; one of handgrad's own.
        schedule: the learning rate at each step; None: the optimizer's own.
        clip: what is done to too large gradients; None: nothing.
        average: of the weights over the steps; None: none.
        threads: that PyTorch may use, in this whole process.
        seed: of dropout and augmentation.
        variant: "default"; "channels_last", another layout in memory; "compiled", by `torch.compile`, which
            needs a C++ compiler; "bfloat16", by autocast, which is other arithmetic.

    Raises:
        ArgumentError: no PyTorch, no such variant, or a layer, loss or optimizer that PyTorch does not have.

    Example:
        >>> import handgrad as hg
        >>> run = TorchEngine(
        ...     hg.Sequential([hg.Linear(4, 2)]), hg.CrossEntropyLoss(), hg.SGD(lr=0.1), schedule=None,
        ...     clip=None, average=None, threads=1, seed=0)  # doctest: +SKIP
        >>> run.train_step(np.ones((1, 4), np.float32), np.array([1])).count  # doctest: +SKIP
        1
    """

    name = "torch"

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        optimizer: Optimizer,
        *,
        schedule: Schedule | None,
        clip: Clipping | None,
        average: WeightAverage | None,
        threads: int,
        seed: int,
        variant: str = "default",
    ) -> None:
        self.version: str = pytorch().__version__
        check_layers(network)
        check_optimizer(optimizer)
        self.variant, self._variant, self._torch_loss = variant, choose_variant(variant), mirror_loss(loss)
        self._has_dropout = has_dropout(network)
        self._mirror: Mirror | None = None
        super().__init__(
            network,
            loss,
            optimizer,
            schedule=schedule,
            clip=clip,
            average=average,
            threads=threads,
            seed=seed,
        )

    def predict(self, x: Array) -> Array:
        """The network's output (N, K) for a batch (N, C, H, W), in evaluation mode."""
        x = np.asarray(x, self.network.dtype)
        if x.ndim > 1 and not len(x):
            return np.empty((0, *self.network.output_shape(x.shape[1:])), self.network.dtype)
        mirror = self._mirrored(x)
        starts = range(0, len(x), IMAGES_AT_ONCE)
        with self._running(x), pytorch().no_grad():
            parts = [mirror.forward(x[start : start + IMAGES_AT_ONCE], training=False) for start in starts]
            return _copy(parts[0] if len(parts) == 1 else pytorch().cat(parts))

    def train_step(self, x: Array, targets: AnyArray) -> Step:
        """Forward, backward and update for one batch."""
        x, targets = np.asarray(x, self.network.dtype), np.asarray(targets)
        mirror = self._mirrored(x)
        self.settle(x.shape[1:])
        with self._running(x, training=True), self._buffers_kept(only_in_case_of_error=True):
            loss, scores = self._backward(mirror, x, targets)
            tensors = mirror.parameters.values()
            if not math.isfinite(loss) or not _finite(tensor.grad for tensor in tensors):
                with self._computing():
                    raise explain(self.network, self.loss, x, targets, self._noise(), self.step_count + 1)
            right = correct(scores, targets) if scores.ndim == 2 and targets.ndim == 1 else 0
            if self.clip:
                clip_gradients(self.clip, tensors)
            lr = self.optimizer.rate(self._learning_rate())
            mirror.step(self.optimizer, self._optimizer_state, lr)
            if self.average and self._average_state:
                self.average.update(self.network.parameters(), self._average_state)
        return Step(loss, right, len(x), lr)

    def _pass(self, x: Array, targets: AnyArray) -> tuple[float, Array, Gradients]:
        """Forward and backward: the loss, the network's output, and the gradients by parameter name."""
        mirror = self._mirrored(x)
        with self._running(x, training=True):
            loss, scores = self._backward(mirror, x, targets)
            return loss, scores, {name: _copy(tensor.grad) for name, tensor in mirror.parameters.items()}

    def activations(self, x: Array) -> list[Array]:
        """Every layer's output for a batch, in evaluation mode."""
        x = np.asarray(x, self.network.dtype)
        mirror = self._mirrored(x)
        with self._running(x), pytorch().no_grad():
            return [_copy(y) for y in mirror.outputs(x)]

    def _backward(self, mirror: Mirror, x: Array, targets: AnyArray) -> tuple[float, Array]:
        """The loss and the network's output (N, K); afterwards every parameter has its gradient."""
        for tensor in mirror.parameters.values():
            tensor.grad = None
        y = mirror.forward(x, training=True)
        scores: Array = y.detach().numpy()
        loss = self._torch_loss(y, scores, targets)
        if mirror.parameters:
            loss.backward()
        return float(loss.detach()), scores

    def _mirrored(self, x: Array) -> Mirror:
        """The mirror of the network as it is now; x is what it is to run on."""
        if x.ndim < 2 or not len(x):
            next(self.network.walk(x))  # which says that this is no batch
        if self.network.input_shape is None:
            self.network.infer(x.shape[1:])
        elif x.shape[1:] != self.network.input_shape:
            self.network.output_shape(x.shape[1:])  # PyTorch would take (C, H, W) for a batch of one
        if self._mirror is None or not self._mirror.shows(self.network):
            self._mirror = Mirror(self.network, self._variant)
        return self._mirror

    @contextmanager
    def _running(self, x: Array, *, training: bool = False) -> Iterator[None]:
        """PyTorch on this engine's threads and random numbers; its errors in handgrad's words."""
        torch = pytorch()
        if torch.get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)
        random = torch.default_generator
        before = random.get_state() if self._has_dropout and training else None
        if before is not None:
            random.manual_seed(int(self._noise().integers(2**63)))
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                yield
        except HandgradError:
            raise
        except (RuntimeError, ValueError, IndexError) as error:
            self.network.forward(x, training=training, rng=self._noise())  # the reference op says it better
            raise self._variant.refusal(error) from None
        finally:
            if before is not None:
                random.set_state(before)


def _finite(gradients: Iterable[Any]) -> bool:
    """Whether there is neither a NaN nor an infinity; a sum is quickly made, and shows either."""
    return all(
        math.isfinite(float(gradient.sum())) or bool(gradient.isfinite().all()) for gradient in gradients
    )


def _copy(tensor: Any) -> Array:
    array: Array = np.array(tensor.detach().numpy(), order="C")
    return array
