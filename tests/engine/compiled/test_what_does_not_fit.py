"""Kernels know addresses only: what does not fit its layer never reaches them."""

import threading
import time

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine.compiled.native import store
from handgrad.engine.compiled.native.machine import generic
from handgrad.engine.compiled.native.program import POOL
from handgrad.errors import ArgumentError, ShapeError

X = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
TARGETS = np.array([0, 1, 2, 1, 0])


def layers():
    return [hg.Linear(4, 3), hg.BatchNorm1d(3), hg.ReLU(), hg.Linear(3, 3)]


def both(make=layers, **options):
    def run(engine):
        optimizer = hg.SGD(lr=0.1, momentum=0.9)
        network = hg.Sequential(make(), seed=1, input_shape=(4,))
        return hg.compile(network, hg.CrossEntropyLoss(), optimizer, engine=engine, threads=2, **options)

    return run("compiled"), run("reference")


@pytest.mark.parametrize("average", [None, hg.ExponentialMovingAverage(0.9)])
def test_what_the_optimizer_remembers_must_be_about_these_parameters(average):
    for run in both(average=average):
        run.train_step(X, TARGETS)
        run.network.layers[0] = hg.Linear(4, 300)
        run.network.layers[1:] = [hg.Linear(300, 3)]
        with pytest.raises(
            ArgumentError, match=r"a state that this optimizer made for|expected parameters like"
        ):
            run.train_step(X, TARGETS)


@pytest.mark.parametrize(
    "change",
    [
        lambda net: setattr(net[0], "bias", hg.Parameter(np.ones(1, np.float32))),
        lambda net: setattr(net[0], "weight", hg.Parameter(np.ones((2, 4), np.float32))),
        lambda net: setattr(net[1], "weight", hg.Parameter(np.ones(2, np.float32))),
        lambda net: setattr(net[1].running_mean, "value", np.zeros(2, np.float32)),
    ],
    ids=["bias", "weight", "gamma", "running mean"],
)
def test_arrays_of_another_shape_are_refused_as_by_the_reference(change):
    texts = []
    for run in both():
        run.predict(X)
        change(run.network)
        with pytest.raises(ShapeError) as caught:
            run.predict(X[:1])
        texts.append(str(caught.value))
    assert texts[0] == texts[1]


@pytest.mark.filterwarnings("ignore:no kernel for float64 numbers")
@pytest.mark.parametrize(
    "change",
    [
        lambda net: setattr(net[0], "weight", hg.Parameter(np.ones((3, 4)))),
        lambda net: setattr(net[1].running_mean, "value", np.full(3, 0.5)),
    ],
    ids=["parameter", "buffer"],
)
def test_arrays_of_another_precision_run_in_the_reference(change):
    found = []
    for run in both():
        run.predict(X)
        change(run.network)
        found.append(run.predict(X))
    np.testing.assert_array_equal(*found)


class Twice(hg.Sequential):
    def forward(self, x, *, training=False, rng=None):
        y, cache = super().forward(x, training=training, rng=rng)
        return y * 2, cache

    def walk(self, x, *, training=False, rng=None):
        for y, cache in super().walk(x, training=training, rng=rng):
            yield y * 2, cache


class Named(hg.Sequential):
    """A subclass that adds nothing which is run."""

    def __init__(self):
        super().__init__(layers(), seed=1)


def test_a_network_with_code_of_its_own_runs_by_it():
    options = {"loss": hg.CrossEntropyLoss(), "optimizer": hg.SGD(lr=0.1)}
    found = hg.compile(Twice(layers(), seed=1), engine="compiled", **options)
    with pytest.warns(hg.errors.EngineWarning, match="a network with code of its own, Twice"):
        y = found.predict(X)
    expected = hg.compile(Twice(layers(), seed=1), engine="reference", **options).predict(X)
    np.testing.assert_array_equal(y, expected)
    hg.compile(Named(), engine="compiled", **options).predict(X)  # without a warning


def test_a_forward_that_an_instance_was_given_is_run():
    compiled, reference = both()
    for run in (compiled, reference):
        run.predict(X)
        run.network[0].forward = lambda x, *, training=False, rng=None: (x[:, :3] + 1, None)
    with pytest.warns(hg.errors.EngineWarning, match=r"layer 0, Linear\(4, 3\)"):
        y = compiled.predict(X)
    np.testing.assert_allclose(y, reference.predict(X), rtol=1e-5, atol=1e-6)


def test_a_note_on_a_layer_is_no_change_of_it():
    compiled, reference = both()
    for note in (np.zeros(3), np.ones(3), "text"):
        compiled.network[0].note = note
        np.testing.assert_allclose(compiled.predict(X), reference.predict(X), rtol=1e-5, atol=1e-6)


def test_what_looks_at_the_batch_sees_as_much_of_it_as_in_the_reference():
    x = np.random.default_rng(1).standard_normal((300, 60_000)).astype(np.float32)
    found = [
        hg.compile(hg.Sequential([hg.Softmax(dim=0)]), hg.MSELoss(), hg.SGD(), engine=engine).predict(x)
        for engine in ("compiled", "reference")
    ]
    np.testing.assert_allclose(*found, rtol=2e-5)


def test_many_classes():
    rng = np.random.default_rng(2)
    targets = rng.integers(0, 700, 20)
    x = rng.standard_normal((20, 9)).astype(np.float32)
    steps = []
    for engine in ("compiled", "reference"):
        net = hg.Sequential([hg.Linear(9, 700)], seed=3)
        run = hg.compile(net, hg.CrossEntropyLoss(), hg.SGD(lr=0.5), engine=engine)
        steps.append([run.train_step(x, targets) for _ in range(20)][-1])
    assert steps[0].loss == pytest.approx(steps[1].loss, rel=1e-4)
    assert steps[0].correct == steps[1].correct > 10


def test_an_interruption_while_helpers_are_called(monkeypatch):
    """The program that was begun is run to its end; the next one computes what it should."""
    compiled, reference = both()
    expected = reference.gradients(X, TARGETS)
    compiled.gradients(X, TARGETS)
    call = POOL.call

    def interrupted(share, helpers):
        call(share, helpers)
        raise KeyboardInterrupt

    for _ in range(20):
        with monkeypatch.context() as patch:
            time.sleep(0.01)  # so that the helper sleeps, and has to be called
            patch.setattr(POOL, "call", interrupted)
            with pytest.raises(KeyboardInterrupt):
                compiled.gradients(-X, TARGETS)
        found = compiled.gradients(X, TARGETS)
        for name in expected:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)


def test_where_no_thread_is_to_be_had_one_does_the_work(monkeypatch):
    compiled, reference = both()
    POOL.after_fork()  # without threads

    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    np.testing.assert_allclose(compiled.predict(X), reference.predict(X), rtol=1e-5, atol=1e-6)


def test_a_user_without_a_home_compiles_anew(monkeypatch):
    monkeypatch.delenv("HANDGRAD_KERNELS", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(store.Path, "home", homeless)
    kept = store.Store(generic())
    kept.write("kernel", b"code")
    assert kept.read("kernel") is None
