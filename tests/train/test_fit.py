import numpy as np
import pytest

import handgrad as hg
from handgrad.data import shuffled_indices
from handgrad.errors import ArgumentError, NonFiniteError
from handgrad.train import Plan, Training
from tests.engine.engine_cases import make_data, make_run, same

TRAIN, VALIDATION = make_data(50), make_data(30, seed=1)
OTHER = make_data(20, seed=2)


def test_records_come_at_the_promised_steps():
    """50 images in batches of 16 are 4 steps an epoch, of which the last has 2."""
    records = list(
        hg.fit(make_run(), TRAIN, validation=VALIDATION, watch={"a": OTHER, "b": VALIDATION},
               epochs=3, batch_size=16, every=5, log_every=2, watch_every=3)
    )  # fmt: skip
    assert [record.step for record in records] == [2, 3, 4, 5, 6, 8, 9, 10, 12]
    assert [record.step for record in records if record.validation] == [4, 5, 8, 10, 12]
    assert [record.step for record in records if record.watch] == [3, 4, 6, 8, 9, 12]
    assert [record.epoch for record in records] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    for record in records:
        assert list(record.watch) in ([], ["a", "b"])
        assert record.images_per_second > 0
        assert record.validation is None or record.validation.count == 30


@pytest.mark.parametrize(
    ("options", "steps", "evaluated"),
    [
        ({}, [4], [4]),  # one epoch
        ({"epochs": 2}, [4, 8], [4, 8]),
        ({"steps": 7}, [4, 7], [4, 7]),
        ({"steps": 3}, [3], [3]),
        ({"steps": 9, "every": 3}, [3, 4, 6, 8, 9], [3, 4, 6, 8, 9]),
        ({"steps": 4, "log_every": 1}, [1, 2, 3, 4], [4]),
    ],
)
def test_epochs_and_steps(options, steps, evaluated):
    run = make_run()
    records = list(hg.fit(run, TRAIN, validation=VALIDATION, watch={"a": OTHER}, batch_size=16, **options))
    assert [record.step for record in records] == steps
    assert [record.step for record in records if record.validation] == evaluated
    assert [record.step for record in records if record.watch] == evaluated
    assert run.step_count == steps[-1]


def test_averages_are_those_of_the_batches_since_the_last_record():
    """Recomputed with a second engine that is led through the same batches by hand."""
    schedule = hg.CosineAnnealingLR(12)
    records = list(hg.fit(make_run(schedule=schedule), TRAIN, epochs=3, batch_size=16, every=3, seed=4))
    run, made = make_run(schedule=schedule), []
    for epoch in range(3):
        order = shuffled_indices(50, seed=4, epoch=epoch)
        for start in range(0, 50, 16):
            made.append(run.train_on(TRAIN, order[start : start + 16]))
    assert [step.count for step in made] == [16, 16, 16, 2] * 3
    since = 0
    for record in records:
        steps, since = made[since : record.step], record.step
        images = sum(step.count for step in steps)
        assert record.loss == pytest.approx(sum(step.loss * step.count for step in steps) / images, rel=1e-12)
        assert record.accuracy == sum(step.correct for step in steps) / images
        assert record.lr == steps[-1].lr
    assert len({record.lr for record in records}) == len(records)


def test_evaluations_are_those_of_the_weights_of_the_moment():
    run = make_run(average=hg.ExponentialMovingAverage(0.5))
    for record in hg.fit(
        run, TRAIN, validation=VALIDATION, watch={"a": OTHER}, steps=6, batch_size=16, every=2
    ):
        assert record.validation == hg.evaluate(run, VALIDATION)
        assert record.watch == {"a": hg.evaluate(run, OTHER)}


def order_of(seed, run_seed=None):
    """Which images each step of three epochs saw: every image has its number in its first pixel."""
    images = np.zeros((50, 8, 8), np.uint8)
    images[:, 0, 0] = range(50)
    seen = []

    def spy(batch, rng):
        seen.append(batch[:, 0, 0].tolist())
        return batch

    data = hg.Dataset(images, TRAIN.labels)
    list(hg.fit(make_run(seed=run_seed), data, augment=spy, epochs=3, batch_size=16, seed=seed))
    return seen


def test_every_epoch_sees_every_image_once_in_an_order_of_its_own():
    seen = order_of(0)
    assert [len(batch) for batch in seen] == [16, 16, 16, 2] * 3
    epochs = [[image for batch in seen[start : start + 4] for image in batch] for start in (0, 4, 8)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(50))] * 3
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert seen == order_of(0)
    assert seen != order_of(1)


def test_the_order_is_the_runs_seed_unless_told():
    assert order_of(None, run_seed=5) == order_of(5)
    assert order_of(None) == order_of(0)


def test_patience():
    """With a rate of 0 nothing ever gets better than after the first epoch."""
    net = hg.Sequential([hg.Flatten(), hg.Linear(64, 3)])
    for patience in (1, 3):
        run = make_run(net, hg.SGD(lr=0.0))
        training = Training(
            run, TRAIN, Plan(epochs=20, batch_size=16, patience=patience), validation=VALIDATION
        )
        steps = 0
        while not training.progress.finished:
            training.advance()
            steps += 1
        assert steps == 4 * (1 + patience)
        assert training.progress.finished == f"no better validation accuracy for {patience} epochs"
        assert (training.progress.best_step, training.progress.epochs_without_improvement) == (4, patience)
    records = list(hg.fit(make_run(net, hg.SGD(lr=0.0)), TRAIN, validation=VALIDATION, epochs=20, patience=2))
    assert len(records) == 3


def test_records_between_epochs_do_not_try_the_patience():
    run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), hg.SGD(lr=0.0))
    records = list(hg.fit(run, TRAIN, validation=VALIDATION, epochs=20, batch_size=16, patience=1, every=1))
    assert records[-1].step == 8


def falling_apart(step):
    """A rate that learns for two epochs of four steps and then destroys."""
    return 1.0 if step < 8 else 300.0


@pytest.mark.parametrize("average", [None, hg.ExponentialMovingAverage(0.3)])
def test_keep_best_ends_with_the_best_epochs_weights(average):
    options = {"optimizer": hg.SGD(lr=0.05), "schedule": hg.LambdaLR(falling_apart), "average": average}
    plan = {"validation": VALIDATION, "epochs": 5, "batch_size": 16, "seed": 1}
    run, at = make_run(**options), {}
    records = []
    for record in hg.fit(run, TRAIN, **plan, keep_best=True):
        records.append(record)
        with run.averaged_weights():
            at[record.step] = run.network.state_dict()
    best = max(records, key=lambda record: (record.validation.accuracy, -record.validation.loss))
    assert best.step < records[-1].step
    assert same(run.network.state_dict(), at[best.step])
    assert hg.evaluate(run, VALIDATION) == best.validation != records[-1].validation
    last = make_run(**options)
    list(hg.fit(last, TRAIN, **plan))
    assert same(last.network.state_dict(), at[records[-1].step])


def test_of_equal_accuracies_the_smaller_loss_is_best():
    training = Training(make_run(), TRAIN, Plan(epochs=1, keep_best=True), validation=VALIDATION)
    found = []
    for accuracy, loss in [(0.5, 1.0), (0.5, 0.9), (0.5, 0.95), (0.6, 5.0), (0.6, 5.0), (0.4, 0.1)]:
        training.progress.step += 1
        training._compare(hg.Evaluation(loss, accuracy, 30))
        found.append(training.progress.best_step)
    assert found == [1, 2, 2, 4, 4, 4]
    assert training.progress.epochs_without_improvement == 2


def trained(watch, **options):
    run = make_run(average=hg.ExponentialMovingAverage(0.8))
    records = list(hg.fit(run, TRAIN, validation=VALIDATION, watch=watch, epochs=8, batch_size=16, patience=2,
                          keep_best=True, log_every=3, **options))  # fmt: skip
    return run.state(), [(r.step, r.loss, r.accuracy, r.lr, r.validation) for r in records if r.validation]


def test_nothing_is_chosen_by_what_is_watched():
    """The same bits with no watch, with the true test set, and with one whose labels are all wrong."""
    garbage = hg.Dataset(OTHER.images, (OTHER.labels + 1) % 3)
    noise = hg.Dataset(np.random.default_rng(0).integers(0, 256, (20, 8, 8)).astype(np.uint8), OTHER.labels)
    expected = trained(None)
    for watch in ({"test": OTHER}, {"test": garbage}, {"test": garbage, "more": noise}):
        for options in ({}, {"watch_every": 1}):
            state, records = trained(watch, **options)
            assert same(state, expected[0])
            assert [record[0] for record in records] == [record[0] for record in expected[1]]
            assert [record[-1] for record in records] == [record[-1] for record in expected[1]]


def test_evaluating_changes_nothing_either():
    runs = [make_run(), make_run()]
    list(hg.fit(runs[0], TRAIN, epochs=2, batch_size=16))
    list(hg.fit(runs[1], TRAIN, validation=VALIDATION, watch={"a": OTHER}, epochs=2, batch_size=16, every=1))
    assert same(runs[0].state(), runs[1].state())


def test_a_second_fit_goes_on_with_the_same_memory():
    run = make_run(schedule=hg.OneCycleLR(0.01))
    first = [record.lr for record in hg.fit(run, TRAIN, steps=4, batch_size=16, log_every=1)]
    second = [record.lr for record in hg.fit(run, TRAIN, steps=4, batch_size=16, log_every=1)]
    assert first == second  # the schedule begins again with each training
    assert run.step_count == 8


def test_sizes_left_open_come_from_the_data_set():
    net = hg.Sequential([hg.Conv2d(None, 2, 3), hg.Flatten(), hg.Linear(None, 3)])
    records = list(hg.fit(make_run(net), TRAIN, validation=VALIDATION, epochs=1))
    assert net.input_shape == (1, 8, 8)
    assert len(records) == 1


def test_a_batch_that_goes_wrong_stops_the_training_before_its_update():
    images = TRAIN.images / np.float32(255)
    run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), hg.SGD(lr=1e38))
    before, steps = {}, []
    with pytest.raises(NonFiniteError):  # noqa: PT012 (the loop is what raises)
        for record in hg.fit(run, hg.Dataset(images, TRAIN.labels), epochs=9, batch_size=16, log_every=1):
            before = run.state()
            steps.append(record.step)
    assert same(run.state(), before)
    assert steps


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 1, "steps": 1}, "either epochs or steps, got both"),
        ({"epochs": 0}, "epochs to be a whole number above 0, got 0"),
        ({"steps": -1}, "steps"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 2.5}, "batch_size to be a whole number above 0, got 2.5"),
        ({"every": 0}, "every"),
        ({"log_every": 0}, "log_every"),
        ({"watch_every": -2}, "watch_every"),
        ({"patience": 0, "validation": VALIDATION}, "patience"),
        ({"seed": -1}, "seed"),
        ({"patience": 1}, "a validation set for patience and keep_best"),
        ({"keep_best": True}, "a validation set for patience and keep_best"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_at_the_call(options, words):
    with pytest.raises(ArgumentError) as caught:
        hg.fit(make_run(), TRAIN, **options)  # not only when the first record is asked for
    assert words in str(caught.value)


def test_a_plan_needs_a_length_and_counts():
    with pytest.raises(ArgumentError, match="either epochs or steps, got neither"):
        Plan()
    assert Plan(epochs=3, batch_size=16).total_steps(50) == 12
    assert Plan(epochs=3, batch_size=16).total_steps(48) == 9
    assert Plan(steps=5, batch_size=16).total_steps(50) == 5
    assert Plan(epochs=1, batch_size=64).steps_per_epoch(50) == 1
