"""Dropout and augmentation: functions of the seed and the step, with no state of their own."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import DataError
from tests.engine.engine_cases import make_data, make_net, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(20))


def masks(run, x=None):
    """What dropout makes of ones at the present step: its mask."""
    state = run.network.state_dict()
    gradients = run.gradients(X if x is None else x, TARGETS)
    assert same(run.network.state_dict(), state)
    return gradients["6.weight"]


def test_dropout_depends_on_seed_and_step_alone():
    def trained(steps, seed, net_seed=0):
        run = make_run(make_net(net_seed), hg.SGD(lr=0.0), seed=seed)
        for _ in range(steps):
            run.train_step(X, TARGETS)
        return run

    at = {(steps, seed): masks(trained(steps, seed)) for steps in (0, 1, 2) for seed in (0, 1)}
    values = [value.tobytes() for value in at.values()]
    assert len(set(values)) == 6
    for (steps, seed), value in at.items():
        run = trained(steps, seed)
        run.predict(X), run.gradients(X, TARGETS), run.activations(X), hg.evaluate(run, DATA)
        np.testing.assert_array_equal(masks(run), value)
        resumed = make_run(make_net(9), hg.SGD(lr=0.0), seed=seed)
        resumed.load_state(run.state())
        np.testing.assert_array_equal(masks(resumed), value)


def test_the_seed_is_the_networks_where_none_is_given():
    assert make_run(make_net(4)).seed == 4
    assert make_run(make_net(4), seed=7).seed == 7
    np.testing.assert_array_equal(masks(make_run(make_net(4))), masks(make_run(make_net(4), seed=4)))


def test_the_same_seed_gives_the_same_bits_twice():
    def trained(seed):
        run = make_run(
            make_net(seed), schedule=hg.CosineAnnealingLR(20), average=hg.ExponentialMovingAverage(0.9)
        )
        for start in range(0, 60, 20):
            run.train_on(DATA, range(start, start + 20), shifted)
        return run.state()

    assert same(trained(0), trained(0))
    assert not same(trained(0), trained(1))


def shifted(images, rng):
    images[:] = np.roll(images, rng.integers(-1, 2, 2), axis=(-2, -1))  # in place: it may
    return images


def test_training_on_a_data_set_is_training_on_its_batches():
    runs = [make_run() for _ in range(2)]
    for indices in (range(30), np.array([3, 80, 3]), [5, 1], range(60, 90)):
        first = runs[0].train_on(DATA, indices)
        assert first == runs[1].train_step(*hg.batch(DATA, indices))
    assert same(runs[0].state(), runs[1].state())


def test_augmentation_sees_bytes_and_its_own_randomness():
    seen = []

    def spy(images, rng):
        seen.append((images.dtype, images.shape, rng.integers(1 << 60)))
        return shifted(images, rng)

    images = DATA.images.copy()
    run = make_run(seed=3)
    for _ in range(2):
        run.train_on(DATA, range(10), spy)
    for seed in (3, 4):
        make_run(seed=seed).train_on(DATA, range(10), spy)
    assert [entry[:2] for entry in seen] == [(np.uint8, (10, 8, 8))] * 4
    assert seen[0] == seen[2]
    assert len({entry[2] for entry in seen}) == 3  # step 1 of seed 3, step 2 of seed 3, step 1 of seed 4
    np.testing.assert_array_equal(DATA.images, images)  # it writes into copies


@pytest.mark.parametrize("augment", [None, shifted])
def test_images_that_are_not_there(augment):
    for indices in (np.array([5, 90]), np.array([], int), np.array([0.5])):
        with pytest.raises(DataError):
            make_run().train_on(DATA, indices, augment)
