"""A recipe trained by two engines side by side: the same first weights, the same batches, step by step."""

import math
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.data import Splits, batch, shuffled_indices
from handgrad.engine import Engine
from handgrad.engine.torch import TorchEngine, has_dropout
from handgrad.errors import ArgumentError, NonFiniteError
from handgrad.randomness import Stream, generator
from handgrad.recipes.build import build_network, build_run, build_training, prepare
from handgrad.recipes.comparison import Comparison, Tally, interruptions_so_far, largest_difference
from handgrad.recipes.recipe import Recipe
from handgrad.train import evaluate

TURN = 50  # steps, before it is the other's turn
REST = 0.2  # seconds between turns: OpenBLAS's threads look out for work for a tenth of a second after the
# last, and while they do, PyTorch's steps take three times as long


class SideBySide:
    """Two engines that train one recipe.

    All of the recipe's steps are made: it is not stopped early, and no epoch is chosen.

    Arguments:
        recipe: complete.
        rivals: from `build_rivals`, ours first.
        splits: the recipe's data, as they were loaded.
        every: steps between records; None: a tenth of all.

    Raises:
        RecipeError, ArgumentError: settings that make no sense, or data that does not fit the network.
    """

    def __init__(
        self, recipe: Recipe, rivals: tuple[Engine, Engine], splits: Splits, *, every: int | None = None
    ) -> None:
        self.recipe, self.rivals, self.splits = recipe, rivals, prepare(recipe, splits)
        trainings = [build_training(recipe, run, self.splits) for run in rivals]
        self.plan, self.total, self._augment = trainings[0].plan, trainings[0].total, trainings[0].augment
        if every is not None and every < 1:
            raise ArgumentError("every", expected="a number of steps above 0", got=str(every))
        self.every = every or math.ceil(self.total / 10)
        self._order: tuple[int, IntArray] = (-1, np.empty(0, np.int64))

    @property
    def draws_apart(self) -> bool:
        """Whether the two draw different masks for dropout, and so cannot walk the same path."""
        some_torch = any(isinstance(run, TorchEngine) for run in self.rivals)
        return some_torch and has_dropout(self.rivals[0].network)

    def records(self, after_turn: Callable[[int], None] = lambda step: None) -> Iterator[Comparison]:
        """Train both to the end.

        Arguments:
            after_turn: called with the steps that both have made, whenever they are equal.

        Yields:
            where the two stand, every so many steps and at the end.

        Raises:
            NonFiniteError: a loss or a gradient became NaN or infinite; says which engine's.
        """
        self._warm_up()
        step, tallies = 0, [Tally(), Tally()]
        while step < self.total:
            end = min(step + TURN, self.total, (step // self.every + 1) * self.every)
            for run, tally in zip(self.rivals, tallies, strict=True):
                time.sleep(REST if run.threads > 1 else 0)
                for number in range(step, end):
                    self._advance(run, number, tally)
            step = end
            after_turn(step)
            if step % self.every == 0 or step == self.total:
                yield self._compared(step, tallies)
                tallies = [Tally(), Tally()]

    def _warm_up(self) -> None:
        """A step that leaves no trace: what the first one compiles, plans and allocates is not timed."""
        for run in self.rivals:
            before = run.state()
            self._advance(run, 0, Tally())
            run.load_state(before)

    def _advance(self, run: Engine, number: int, tally: Tally) -> None:
        x, targets = self._batch(number)
        start, interrupted = time.perf_counter(), interruptions_so_far()
        try:
            step = run.train_step(x, targets)
        except NonFiniteError as error:
            where = f"{run.name}, {error.where}"
            raise NonFiniteError(where, expected=error.expected, got=error.got, hint=error.hint) from None
        tally.add(step, time.perf_counter() - start, interruptions_so_far() - interrupted)

    def _batch(self, number: int) -> tuple[Array, IntArray]:
        """The images of a step: those that `fit` would take, augmented as every engine augments them."""
        epoch, place = divmod(number, self.plan.steps_per_epoch(len(self.splits.train)))
        if self._order[0] != epoch:
            order = shuffled_indices(len(self.splits.train), seed=self.plan.seed, epoch=epoch)
            self._order = epoch, order
        size, train = self.plan.batch_size, self.splits.train
        indices = self._order[1][place * size : (place + 1) * size]
        if self._augment is None:
            return batch(train, indices)
        part, rng = train.take(indices), generator(self.rivals[0].seed, Stream.AUGMENTATION, number)
        return train.normalisation.apply(self._augment(part.images, rng)), part.labels

    def _compared(self, step: int, tallies: Sequence[Tally]) -> Comparison:
        sides = {
            run.name: tally.side(evaluate(run, self.splits.validation))
            for run, tally in zip(self.rivals, tallies, strict=True)
        }
        epoch = (step - 1) // self.plan.steps_per_epoch(len(self.splits.train)) + 1
        ours, theirs = self.rivals
        return Comparison(step, epoch, sides, *largest_difference(ours.network, theirs.network))


def build_rivals(
    recipe: Recipe, engines: tuple[str | None, str], *, threads: int | None
) -> tuple[Engine, Engine]:
    """Two engines with a network each, of the same first values.

    Arguments:
        recipe: what both are to train.
        engines: their names, ours first; None: that which trains where none is named.
        threads: for each of the two, which work in turns; None: every core that may be used.

    Raises:
        RecipeError, ArgumentError: settings that make no sense, an unknown engine, the same one twice.
    """
    ours, theirs = (
        build_run(recipe, build_network(recipe), engine=name, threads=threads) for name in engines
    )
    if ours.name == theirs.name:
        raise ArgumentError(
            "compare",
            expected="two different engines",
            got=f"{ours.name} twice",
            hint="choose another with --engine or --against",
        )
    return ours, theirs
