"""Two engines side by side: what each record says, on which batches, and at whose expense."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from handgrad.data import Splits, load_digits
from handgrad.engine import Engine
from handgrad.errors import ArgumentError, NonFiniteError, RecipeError
from handgrad.recipes import (
    Recipe,
    build_network,
    build_run,
    build_training,
    comparing,
    find_recipe,
    override,
    prepare,
)
from handgrad.recipes.comparing import SideBySide, build_rivals
from handgrad.recipes.comparison import largest_difference


@pytest.fixture(scope="module")
def digits() -> Splits:
    return load_digits()


def small(*settings: str) -> Recipe:
    return override(find_recipe("mlp"), ["data.train_images=110", "train.batch_size=20", *settings])


def twins(recipe: Recipe) -> tuple[Engine, Engine]:
    """The reference engine twice, under two names."""
    runs = [build_run(recipe, build_network(recipe), engine="reference", threads=1) for _ in range(2)]
    runs[1].name = "other"
    return runs[0], runs[1]


def test_each_side_makes_the_steps_that_training_alone_would_make(digits: Splits) -> None:
    """Two epochs of 5 1/2 batches, shuffled, normalised and augmented, with a schedule and an average."""
    recipe = small(
        *("train.epochs=2", "train.every=4", "train.seed=3", "data.mean=0.3", "optimizer.momentum=0.9"),
        *("schedule.type=OneCycleLR", "schedule.max_lr=0.3", "average.type=ExponentialMovingAverage"),
        *("augment.type=RandomAffine", "augment.degrees=10"),
    )
    pair = SideBySide(recipe, twins(recipe), digits, every=4)
    found = list(pair.records())
    alone = build_run(recipe, build_network(recipe), engine="reference", threads=1)
    training = build_training(recipe, alone, prepare(recipe, digits))
    records = {record.step: record for _ in range(12) if (record := training.advance())}
    assert (pair.total, [record.step for record in found]) == (12, [4, 8, 12])
    assert [record.epoch for record in found] == [1, 2, 2]
    for side in ("reference", "other"):
        assert found[0].sides[side].loss == records[4].loss
        assert found[0].sides[side].accuracy == records[4].accuracy
        for record in found:
            assert record.sides[side].validation == records[record.step].validation
    assert {(record.difference, record.parameter) for record in found} == {(0.0, "1.weight")}
    weights = pair.rivals[0].network.state_dict()
    assert all((array == weights[name]).all() for name, array in alone.network.state_dict().items())


@pytest.mark.parametrize(
    ("steps", "every", "expected"), [(25, None, [*range(3, 25, 3), 25]), (3, None, [1, 2, 3]), (4, 9, [4])]
)
def test_a_record_at_every_tenth_or_as_asked(digits: Splits, steps, every, expected) -> None:
    recipe = small(f"train.steps={steps}", "data.validation_images=5")
    turns: list[int] = []
    pair = SideBySide(recipe, twins(recipe), digits, every=every)
    assert [record.step for record in pair.records(turns.append)] == expected
    assert turns == expected  # all shorter than a turn


def test_only_training_steps_are_timed_and_the_two_take_turns(digits: Splits, monkeypatch) -> None:
    """On a clock that everything moves: a step by a known time, a rest by its own, all else by a second."""

    class Clock:
        now = 0.0

        def perf_counter(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds

    clock, order = Clock(), []
    monkeypatch.setattr(comparing, "time", clock)
    monkeypatch.setattr(comparing, "TURN", 2)
    monkeypatch.setattr(comparing, "interruptions_so_far", count(step=7).__next__)
    recipe = small("train.steps=6", "data.validation_images=5")
    pair = SideBySide(recipe, twins(recipe), digits, every=3)
    for run, seconds in zip(pair.rivals, (0.25, 0.5), strict=True):

        def step(x, targets, run=run, seconds=seconds, real=run.train_step):
            clock.now += seconds
            order.append(run.name[0])
            return real(x, targets)

        def predict(x, real=run.predict):
            clock.now += 1
            return real(x)

        run.train_step, run.predict = step, predict
    found = list(pair.records(lambda step: clock.sleep(1)))
    assert "".join(order) == "ro" + "rroo" + "ro" + "rroo" + "ro"  # first a step each to warm up
    speeds = [{name: side.images_per_second for name, side in record.sides.items()} for record in found]
    images = [(20 + 20 + 20), (20 + 20 + 10)]  # the sixth batch is what is left of the epoch
    assert speeds == [{"reference": n / 0.75, "other": n / 1.5} for n in images]
    assert [[side.seconds for side in record.sides.values()] for record in found] == [[0.75, 1.5]] * 2
    assert {side.interruptions for record in found for side in record.sides.values()} == {3 * 7}


def test_what_is_not_finite_says_whose_it_is(digits: Splits) -> None:
    recipe = small("train.steps=6")
    pair = SideBySide(recipe, twins(recipe), digits)
    records = pair.records()
    next(records)
    pair.rivals[1].network[1].weight.value[...] = np.nan
    with pytest.raises(NonFiniteError, match=r"other, step 2: .*layer 1, Linear\(784, 64\)"):
        next(records)


def test_mistakes(digits: Splits) -> None:
    recipe = small("train.steps=1")
    with pytest.raises(ArgumentError, match="two different engines, got reference twice"):
        build_rivals(recipe, ("reference", "reference"), threads=1)
    with pytest.raises(ArgumentError, match="engine: expected one of compiled"):
        build_rivals(recipe, ("reference", "fast"), threads=1)
    with pytest.raises(ArgumentError, match="a number of steps above 0, got 0"):
        SideBySide(recipe, twins(recipe), digits, every=0)
    other = replace(recipe, network=replace(recipe.network, input_shape=[1, 4, 4]))
    with pytest.raises(RecipeError, match="the images of digits"):
        SideBySide(other, twins(recipe), digits)


DROPOUT = 'network.layers=["Flatten()", "Dropout(0.5)", "Linear(784, 10)"]'


@pytest.mark.torch
def test_pytorch_walks_along(digits: Splits) -> None:
    pytest.importorskip("torch")
    recipe = small("train.epochs=3")
    rivals = build_rivals(recipe, ("reference", "torch"), threads=1)
    first = rivals[0].network.state_dict()
    assert largest_difference(rivals[0].network, rivals[1].network)[0] == 0
    pair = SideBySide(recipe, rivals, digits, every=9)
    found = list(pair.records())
    assert [list(record.sides) for record in found] == [["reference", "torch"]] * 2
    for record in found:
        ours, theirs = record.sides.values()
        assert theirs.loss == pytest.approx(ours.loss, rel=1e-5)
        assert theirs.accuracy == pytest.approx(ours.accuracy, abs=1 / 50)
        assert theirs.validation.loss == pytest.approx(ours.validation.loss, rel=1e-5)
        assert 0 <= record.difference < 1e-5
        assert min(ours.images_per_second, theirs.images_per_second) > 0
    moved = max(abs(first[name] - array).max() for name, array in rivals[1].network.state_dict().items())
    assert moved > 1000 * found[-1].difference
    assert not pair.draws_apart
    thinned = small(DROPOUT)
    assert not SideBySide(thinned, twins(thinned), digits).draws_apart
    rivals = build_rivals(thinned, ("reference", "torch"), threads=1)
    assert SideBySide(thinned, rivals, digits).draws_apart


@pytest.mark.torch
def test_where_no_engine_is_named_it_is_the_one_that_trains(digits: Splits) -> None:
    pytest.importorskip("torch")
    recipe = small("train.steps=1")
    usual = build_run(recipe, build_network(recipe), engine=None, threads=1)
    assert [run.name for run in build_rivals(recipe, (None, "torch"), threads=1)] == [usual.name, "torch"]
