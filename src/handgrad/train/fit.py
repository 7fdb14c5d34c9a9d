"""Training as a generator of records."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from handgrad._typing import AnyArray, IntArray
from handgrad.data import Dataset, shuffled_indices
from handgrad.engine import Augmentation, Engine
from handgrad.errors import ArgumentError, NonFiniteError
from handgrad.train.evaluate import Evaluation, check_dataset, evaluate
from handgrad.train.records import Progress, Record


@dataclass(frozen=True)
class Plan:
    """How long to train, in what portions, and how often to look.

    Arguments:
        epochs: passes over the training images; or
        steps: batches, whatever they amount to in epochs. One of the two.
        batch_size: images a step; the last batch of an epoch may be smaller.
        every: steps between records with an evaluation on the validation split; None: at each epoch's end.
        log_every: steps between records without one; None: none.
        watch_every: steps between evaluations of what is watched; None: with the validation split.
        patience: epochs after which to stop where none had a better validation accuracy, or, of equal
            ones, a lower loss; None: never.
        keep_best: end with the weights of the epoch that was best on the validation split.
        seed: of the order of the images.

    Raises:
        ArgumentError: numbers that make no sense, neither or both of epochs and steps.

    Example:
        >>> Plan(epochs=2, batch_size=64).total_steps(1000)
        32
    """

    epochs: int | None = None
    steps: int | None = None
    batch_size: int = 64
    every: int | None = None
    log_every: int | None = None
    watch_every: int | None = None
    patience: int | None = None
    keep_best: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.epochs is None) == (self.steps is None):
            got = "neither" if self.epochs is None else "both"
            raise ArgumentError("fit", expected="either epochs or steps", got=got)
        for name in ("epochs", "steps", "batch_size", "every", "log_every", "watch_every", "patience"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int | np.integer) or value < 1):
                raise ArgumentError("fit", expected=f"{name} to be a whole number above 0", got=repr(value))
        if not isinstance(self.seed, int | np.integer) or self.seed < 0:
            raise ArgumentError(
                "fit", expected="seed to be a whole number, not negative", got=repr(self.seed)
            )

    def steps_per_epoch(self, images: int) -> int:
        """Batches in one pass over so many images."""
        return math.ceil(images / self.batch_size)

    def total_steps(self, images: int) -> int:
        """Batches in the whole training."""
        return self.steps if self.steps is not None else (self.epochs or 0) * self.steps_per_epoch(images)


class Training:
    """One training, a step at a time; `fit` is the loop around it.

    Arguments:
        run: the compiled network.
        train: what it learns from.
        plan: how.
        validation: what early stopping and the best epoch are chosen by.
        watch: further data sets by name, evaluated for display; nothing is chosen by them.
        augment: changes each batch of images.
    """

    def __init__(
        self,
        run: Engine,
        train: Dataset,
        plan: Plan,
        *,
        validation: Dataset | None = None,
        watch: Mapping[str, Dataset] | None = None,
        augment: Augmentation | None = None,
    ) -> None:
        check_dataset("fit", train)
        if validation is None and (plan.patience is not None or plan.keep_best):
            raise ArgumentError(
                "fit",
                expected="a validation set for patience and keep_best",
                got="none",
                hint="validation=...",
            )
        self.run, self.train, self.plan = run, train, plan
        self.validation, self.watch, self.augment = validation, dict(watch or {}), augment
        self.total = plan.total_steps(len(train))
        self.progress = Progress()
        self.best_weights: dict[str, AnyArray] = {}
        self._order: tuple[int, IntArray] = (-1, np.empty(0, np.int64))
        self._seconds, self._timed_images = 0.0, 0
        run.settle(train.input_shape)
        run.begin(self.total)

    def advance(self) -> Record | None:
        """Make one step.

        Returns:
            a record, where the plan wants one after this step.

        Raises:
            NonFiniteError: the loss or a gradient became NaN or infinite; nothing was updated.
        """
        progress, per_epoch = self.progress, self.plan.steps_per_epoch(len(self.train))
        epoch, position = divmod(progress.step, per_epoch)
        start = time.perf_counter()
        indices = self._indices(epoch)[
            position * self.plan.batch_size : (position + 1) * self.plan.batch_size
        ]
        step = self.run.train_on(self.train, indices, self.augment)
        self._seconds += time.perf_counter() - start
        self._timed_images += step.count
        progress.step += 1
        progress.loss_sum += step.loss * step.count
        progress.correct += step.correct
        progress.seen += step.count
        return self._look(epoch, step.lr, epoch_ends=position == per_epoch - 1)

    def _look(self, epoch: int, lr: float, *, epoch_ends: bool) -> Record | None:
        """Evaluate, choose and report, as far as it is time to."""
        progress, plan = self.progress, self.plan
        last = progress.step == self.total
        validate = epoch_ends or last or _due(progress.step, plan.every)
        watch = epoch_ends or last or _due(progress.step, plan.watch_every or plan.every)
        if not validate and not watch and not _due(progress.step, plan.log_every):
            return None
        found = evaluate(self.run, self.validation) if self.validation and validate else None
        if found and not math.isfinite(found.loss):
            raise NonFiniteError(
                f"step {progress.step}",
                expected="a finite loss on the validation split",
                got=str(found.loss),
                hint="try a lower learning rate or gradient clipping",
            )
        if found and (epoch_ends or last):
            self._compare(found)
        if last and not progress.finished:
            progress.finished = "all steps made"
        record = Record(
            step=progress.step,
            epoch=epoch + 1,
            loss=progress.loss_sum / progress.seen,
            accuracy=progress.correct / progress.seen,
            lr=lr,
            images_per_second=self._timed_images / max(self._seconds, 1e-9),
            validation=found,
            watch={name: evaluate(self.run, data) for name, data in self.watch.items()} if watch else {},
        )
        progress.loss_sum, progress.correct, progress.seen = 0.0, 0, 0
        self._seconds, self._timed_images = 0.0, 0
        return record

    def _compare(self, found: Evaluation) -> None:
        """Hold the end of an epoch against the best one before it."""
        progress, plan = self.progress, self.plan
        if (found.accuracy, -found.loss) > (progress.best_accuracy, -progress.best_loss):
            progress.best_step, progress.epochs_without_improvement = progress.step, 0
            progress.best_accuracy, progress.best_loss = found.accuracy, found.loss
            if plan.keep_best:
                self.best_weights = self.final_weights()
            return
        progress.epochs_without_improvement += 1
        if plan.patience is not None and progress.epochs_without_improvement >= plan.patience:
            progress.finished = f"no better validation accuracy for {plan.patience} epochs"

    def final_weights(self) -> dict[str, AnyArray]:
        """The weights that the network would be used with now: the averaged ones, where averages are kept."""
        with self.run.averaged_weights():
            return self.run.network.state_dict()

    def chosen_weights(self) -> dict[str, AnyArray]:
        """Those of the best epoch where they are kept, else those of now."""
        return self.best_weights or self.final_weights()

    def _indices(self, epoch: int) -> IntArray:
        if self._order[0] != epoch:
            self._order = epoch, shuffled_indices(len(self.train), seed=self.plan.seed, epoch=epoch)
        return self._order[1]


def _due(step: int, every: int | None) -> bool:
    return every is not None and step % every == 0


def fit(
    run: Engine,
    train: Dataset,
    *,
    validation: Dataset | None = None,
    watch: Mapping[str, Dataset] | None = None,
    augment: Augmentation | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 64,
    every: int | None = None,
    log_every: int | None = None,
    watch_every: int | None = None,
    patience: int | None = None,
    keep_best: bool = False,
    seed: int | None = None,
) -> Iterator[Record]:
    """Train, and yield a record now and then: the loop over them is what drives the training.

    When it ends, the network has its chosen weights.

    Arguments:
        run: the compiled network, from `handgrad.compile`.
        train: what it learns from; its bytes become floats batch by batch.
        validation: what early stopping and the best epoch are chosen by.
        watch: further data sets by name, evaluated for display; nothing is chosen by them.
        augment: changes each batch of images, such as ``RandomAffine(degrees=10)``.
        epochs: passes over the training images; or ``steps``, batches; with neither, one epoch.
        batch_size: images a step.
        every: steps between records; there is one at each epoch's end in any case.
        log_every: steps between further records without an evaluation.
        watch_every: steps between evaluations of what is watched; None: as ``every``.
        patience: epochs after which to stop where none had a better validation accuracy (or loss, of equals).
        keep_best: end with the weights of the epoch that was best on the validation split.
        seed: of the order of the images; None: the run's. A second ``fit`` begins at the first epoch's order
            again: give it another seed.

    Yields:
        `Record`: step, epoch, loss, accuracy, learning rate, images per second, evaluations.

    Raises:
        ArgumentError: numbers that make no sense.
        NonFiniteError: the loss or a gradient became NaN or infinite; the weights are those before that step.

    Example:
        >>> import handgrad as hg
        >>> data = hg.Dataset(np.zeros((8, 4, 4), np.uint8), [0, 1] * 4)
        >>> net = hg.Sequential([hg.Flatten(), hg.Linear(16, 2)], seed=0)
        >>> run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
        >>> [record.step for record in hg.fit(run, data, epochs=2, batch_size=4)]
        [2, 4]
    """
    plan = Plan(
        epochs=1 if epochs is None and steps is None else epochs,
        steps=steps,
        batch_size=batch_size,
        every=every,
        log_every=log_every,
        watch_every=watch_every,
        patience=patience,
        keep_best=keep_best,
        seed=run.seed if seed is None else seed,
    )
    return _records(Training(run, train, plan, validation=validation, watch=watch, augment=augment))


def _records(training: Training) -> Iterator[Record]:
    while not training.progress.finished:
        record = training.advance()
        if record:
            yield record
    training.run.adopt(training.chosen_weights())
