"""The torch engine keeps the protocol's promises: state, errors, other people's arrays and random numbers."""

import inspect
import sys

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine import Engine, ReferenceEngine
from handgrad.engine.torch import TorchEngine
from handgrad.engine.torch import engine as module
from handgrad.errors import ArgumentError, NonFiniteError, ShapeError, WeightsError
from tests.engine.engine_cases import make_data, make_net, same
from tests.engine.torch.torch_runs import TOLERANCES, close, engine, pair, torch

pytestmark = pytest.mark.torch

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(20))
SINGLE = TOLERANCES["float32"]
VARIANTS = ["default", "channels_last"]


def run_of(net=None, optimizer=None, **options):
    return engine(TorchEngine, net or make_net(), optimizer, **options)


def test_it_has_what_the_protocol_asks_for():
    promised = {name for name in vars(Engine) if not name.startswith("_")} | set(Engine.__annotations__)
    run = run_of()
    assert [name for name in promised if not hasattr(run, name)] == []
    for name, method in vars(TorchEngine).items():
        if name in promised and inspect.isfunction(method):
            assert inspect.signature(method) == inspect.signature(getattr(Engine, name))
    own = list(inspect.signature(TorchEngine).parameters)
    assert own == [*inspect.signature(ReferenceEngine).parameters, "variant"]
    assert (run.name, run.variant, run.version) == ("torch", "default", torch.__version__)


def test_without_pytorch_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    with pytest.raises(ArgumentError, match=r"pip install 'handgrad\[peers\]'"):
        run_of()


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_resumed_run_equals_an_uninterrupted_one(variant):
    """Dropout's masks too; and the state in between goes through another process's eyes, as copies."""
    options = {"optimizer": hg.Adam(lr=0.01), "average": hg.ExponentialMovingAverage(0.5), "variant": variant}
    whole, first, second = run_of(**options), run_of(**options), run_of(make_net(8), seed=0, **options)
    steps = [whole.train_step(X, TARGETS) for _ in range(5)]
    found = [first.train_step(X, TARGETS) for _ in range(3)]
    state = first.state()
    kept = {name: array.copy() for name, array in state.items()}
    first.train_step(X, TARGETS)
    assert same(state, kept)
    second.train_step(X, TARGETS)  # which already remembers something else
    second.load_state(state)
    assert second.step_count == 3
    assert found + [second.train_step(X, TARGETS) for _ in range(2)] == steps
    assert same(second.state(), whole.state())
    with pytest.raises(WeightsError):
        second.load_state(run_of().state())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("optimizer", [hg.SGD(0.1, 0.9, 0.5), hg.Adam(lr=0.01)], ids=repr)
def test_each_engine_goes_on_from_the_others_state(optimizer, variant):
    theirs, ours = pair(optimizer=optimizer, variant=variant)
    theirs.train_step(X, TARGETS)
    ours.load_state(theirs.state())
    for run in (theirs, ours):
        run.train_step(X, TARGETS)
    close(theirs.state(), ours.state(), SINGLE)
    ours.train_step(X, TARGETS)
    theirs.load_state(ours.state())
    for run in (theirs, ours):
        run.train_step(X, TARGETS)
    close(theirs.state(), ours.state(), SINGLE)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_networks_own_arrays_hold_the_weights_at_every_moment(variant):
    theirs, ours = pair(variant=variant)
    arrays = {name: item.value for name, item in theirs.network.parameters().items()}
    for run in (theirs, ours):
        run.train_step(X, TARGETS)
        for parameter in run.network.parameters().values():
            parameter.value[...] *= 0.5  # from outside
        run.train_step(X, TARGETS)
        run.network[0].weight.value[...] += 0.25
    np.testing.assert_allclose(theirs.predict(X), ours.predict(X), atol=SINGLE)
    close(theirs.gradients(X, TARGETS), ours.gradients(X, TARGETS), SINGLE)
    close(theirs.state(), ours.state(), SINGLE)
    assert all(item.value is arrays[name] for name, item in theirs.network.parameters().items())
    theirs.network.astype(np.float64)  # other arrays altogether
    ours.network.astype(np.float64)
    x = X.astype(np.float64)
    np.testing.assert_allclose(theirs.predict(x), ours.predict(x), rtol=0, atol=SINGLE)
    assert theirs.predict(x).dtype == np.float64


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_not_finite_names_the_layer_and_changes_nothing(variant):
    run = run_of(make_net(dropout=0.0), hg.Adam(), variant=variant)
    run.train_step(X, TARGETS)
    run.network[6].weight.value[0, 0] = np.inf
    before = run.state()
    with pytest.raises(NonFiniteError, match=r"step 2: .*first in the activations of layer 6, Linear\("):
        run.train_step(X, TARGETS)
    assert same(run.state(), before)


def test_a_gradient_that_is_not_finite_though_the_loss_is():
    net = hg.Sequential([hg.Linear(4, 3)], input_shape=(4,))
    run, rows = run_of(net, loss=hg.MSELoss()), np.full((2, 3), -1e10, "f")
    net[0].weight.value[...] = 0  # the loss is 1e20, the gradient 1e10 times an x of 1e35
    before = run.state()
    with pytest.raises(NonFiniteError, match=r"step 1: .*first in the gradient of weight of layer 0, Linear"):
        run.train_step(np.full((2, 4), 1e35, "f"), rows)
    assert same(run.state(), before)


@pytest.mark.parametrize("variant", VARIANTS)
def test_looking_changes_nothing(variant):
    run = run_of(variant=variant)
    run.train_step(X, TARGETS)
    before = run.state()
    gradients, again = run.gradients(X, TARGETS), run.gradients(X, TARGETS)
    assert same(gradients, again)
    kept = {name: array.copy() for name, array in gradients.items()}
    np.testing.assert_array_equal(run.predict(X), run.predict(X))
    found = run.activations(X)
    np.testing.assert_allclose(found[-1], run.predict(X), atol=1e-6)
    for array in found:
        array[...] = 0  # the caller's own
    assert same(run.state(), before)
    run.train_step(X, TARGETS)
    assert same(gradients, kept)


def test_dropout_draws_other_masks_from_seed_and_step_and_leaves_pytorchs_numbers_alone():
    net = hg.Sequential([hg.Dropout(0.25), hg.Linear(4000, 1)], input_shape=(4000,))
    net[1].weight.value[...], net[1].bias.value[...] = 1 / 4000, 0
    ones, target = np.ones((1, 4000), "f"), np.zeros((1, 1), "f")
    run = run_of(net, hg.SGD(lr=0.0), loss=hg.MSELoss(), seed=5)
    before = torch.get_rng_state()
    losses = [run.train_step(ones, target).loss for _ in range(3)]
    assert torch.equal(torch.get_rng_state(), before)
    assert len(set(losses)) == 3
    np.testing.assert_allclose(np.sqrt(losses), 1, atol=0.06)  # 3,000 of 4,000 are kept, times 4/3
    torch.manual_seed(77)
    again = run_of(net, hg.SGD(lr=0.0), loss=hg.MSELoss(), seed=5)
    assert [again.train_step(ones, target).loss for _ in range(3)] == losses
    other = run_of(net, hg.SGD(lr=0.0), loss=hg.MSELoss(), seed=6)
    assert other.train_step(ones, target).loss != losses[0]
    assert run.predict(ones)[0, 0] == pytest.approx(1, abs=1e-5)


def test_predictions_of_any_number_of_images(monkeypatch):
    monkeypatch.setattr(module, "IMAGES_AT_ONCE", 8)
    theirs, ours = pair()
    for count in (0, 1, 7, 8, 9, 20):
        found = theirs.predict(X[:count])
        assert (found.shape, found.dtype) == ((count, 3), np.float32)
        np.testing.assert_allclose(found, ours.predict(X[:count]), atol=SINGLE)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (X[:0], "at least one image"),
        (X[0, 0, 0], "at least one image"),
        (X[:, 0], "layer 0, Conv2d"),
        (X[:3, :, :, :5], "layer 6, Linear"),
        (np.ones((4, 2, 8, 8), "f"), "layer 0, Conv2d"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_as_the_reference_refuses_it(x, says):
    for run in pair():
        before = run.state()
        for method in ("train_step", "gradients"):
            with pytest.raises(ShapeError, match=says):
                getattr(run, method)(x, TARGETS[: len(x)])
        with pytest.raises(ShapeError, match=says):
            run.activations(x)
        assert same(run.state(), before)


def test_what_pytorch_alone_refuses_is_said_in_handgrads_words():
    net = hg.Sequential([hg.Linear(4, 3), hg.BatchNorm1d(3)], input_shape=(4,))
    run = run_of(net)
    before = run.state()
    with pytest.raises(ShapeError, match=r"layer 1, BatchNorm1d.*more than one value"):
        run.train_step(np.ones((1, 4), "f"), np.array([1]))
    assert same(run.state(), before)


def open_net():
    return hg.Sequential([hg.Conv2d(None, 2, 3), hg.BatchNorm2d(None), hg.Flatten(), hg.Linear(None, 3)], 2)


@pytest.mark.parametrize("first", ["train_step", "gradients", "predict", "activations", "settle"])
def test_sizes_left_open_are_filled_in(first):
    theirs, ours = pair(open_net, hg.SGD(0.1, 0.9))
    for run in (theirs, ours):
        given = {"predict": (X,), "activations": (X,), "settle": ((1, 8, 8),)}.get(first, (X, TARGETS))
        getattr(run, first)(*given)
        while run.step_count < 2:
            run.train_step(X, TARGETS)
    close(theirs.state(), ours.state(), SINGLE)


def test_training_straight_from_a_data_set_of_bytes():
    theirs, ours = pair()
    turned = hg.RandomAffine(degrees=10)
    for run in (theirs, ours):
        run.train_on(DATA, range(0, 90, 3))
        run.train_on(DATA, range(30), turned)
    close(theirs.state(), ours.state(), SINGLE)


def test_adopted_weights_and_whole_trainings():
    runs = pair(optimizer=hg.SGD(0.05, 0.9), average=hg.ExponentialMovingAverage(0.8))
    records = [list(hg.fit(run, DATA, validation=DATA, epochs=2, batch_size=20)) for run in runs]
    for found, expected in zip(*records, strict=True):
        assert found.loss == pytest.approx(expected.loss, abs=1e-4)
        assert found.validation.loss == pytest.approx(expected.validation.loss, abs=1e-3)
    close(runs[0].state(), runs[1].state(), 1e-3)


def test_networks_without_parameters_and_arrays_of_any_kind():
    theirs, ours = pair(lambda: hg.Sequential([hg.MaxPool2d(8), hg.Flatten(), hg.Softmax()]))
    x = np.asfortranarray(X)[::-1]
    x.flags.writeable = False
    assert theirs.train_step(x, 0 * TARGETS).loss == ours.train_step(x, 0 * TARGETS).loss == 0
    assert theirs.gradients(x, 0 * TARGETS) == {}
    assert theirs.step_count == 1
    theirs, ours = pair()
    close(theirs.gradients(x, TARGETS), ours.gradients(x, TARGETS), SINGLE)
    empty = pair(lambda: hg.Sequential([]))[0]
    found = [empty.predict(X), run_of(hg.Sequential([hg.Dropout()])).activations(X)[0]]
    for array in found:  # equal, and the caller's own
        np.testing.assert_array_equal(array, X)
        assert not np.shares_memory(array, X)


def test_pytorch_uses_as_many_threads_as_it_is_told():
    before = torch.get_num_threads()
    try:
        one, two = run_of(threads=1), run_of(threads=2)
        for run, threads in ((one, 1), (two, 2), (one, 1)):
            run.train_step(X, TARGETS)
            assert torch.get_num_threads() == run.threads == threads
    finally:
        torch.set_num_threads(before)
