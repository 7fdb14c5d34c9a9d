"""The same bits for any number of threads, in any process, resumed or not, alone or beside others."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from tests.engine.engine_cases import make_data, same

STEPS = 10
DATA = make_data(200, size=12)
ROOT = Path(__file__).parents[3]


def convolutional() -> hg.Sequential:
    """Every kind of kernel: several tasks of each, so that threads have something to share."""
    layers = [
        hg.Conv2d(1, 6, 3, padding=1, bias=False), hg.BatchNorm2d(6), hg.ELU(),
        hg.AvgPool2d(3, stride=1, padding=1), hg.Conv2d(6, 9, 3, groups=3), hg.ReLU(),
        hg.MaxPool2d(3, stride=2), hg.PReLU(9), hg.Dropout(0.2), hg.Flatten(), hg.Linear(None, 70), hg.ReLU(),
        hg.Linear(70, 20), hg.Tanh(), hg.Softmax(), hg.Linear(20, 3),
    ]  # fmt: skip
    return hg.Sequential(layers, seed=1, input_shape=(1, 12, 12))


def mlp() -> hg.Sequential:
    layers = [hg.Flatten(), hg.Linear(144, 120), hg.ReLU(), hg.Linear(120, 90), hg.ReLU(), hg.Linear(90, 3)]
    return hg.Sequential(layers, seed=1, input_shape=(1, 12, 12))


NETS: dict[str, Callable[[], hg.Sequential]] = {"convolutional": convolutional, "mlp": mlp}
OPTIONS: dict[str, dict[str, Any]] = {
    "convolutional": {
        "optimizer": hg.Adam(lr=0.01), "clip": hg.ClipGradNorm(0.5),
        "average": hg.ExponentialMovingAverage(0.9), "schedule": hg.OneCycleLR(0.02, total_steps=40),
    },
    "mlp": {"optimizer": hg.SGD(lr=0.1, momentum=0.9, weight_decay=0.01)},
}  # fmt: skip


def shifted(images: Any, rng: np.random.Generator) -> Any:
    return np.roll(images, rng.integers(-1, 2, 2), axis=(-2, -1))


def make_run(name: str, threads: int = 2) -> Any:
    return hg.compile(
        NETS[name](), hg.CrossEntropyLoss(), engine="compiled", threads=threads, seed=5, **OPTIONS[name]
    )


def advance(run: Any, steps: int) -> list[hg.engine.Step]:
    """Batches of 50 and of 33 by turns, from bytes, with augmentation by turns."""
    said = []
    for _ in range(steps):
        number = run.step_count
        indices = np.arange(number * 37, number * 37 + (50 if number % 2 else 33)) % len(DATA)
        said.append(run.train_on(DATA, indices, shifted if number % 3 == 0 else None))
    return said


def trained(name: str, threads: int = 2) -> tuple[Any, dict[str, np.ndarray]]:
    """What all steps said and how it ends, with a look at predictions and gradients."""
    run = make_run(name, threads)
    said, (x, targets) = advance(run, STEPS), hg.batch(DATA, range(40))
    return said, {**run.state(), "scores": run.predict(x), **run.gradients(x, targets)}


def fingerprint(name: str, threads: int = 2) -> str:
    said, state = trained(name, threads)
    return sha256(b"".join(array.tobytes() for array in state.values()) + repr(said).encode()).hexdigest()


@pytest.mark.parametrize("name", NETS)
def test_any_number_of_threads(name: str):
    said, state = trained(name, threads=1)
    for threads in (2, 3, 16):
        again, found = trained(name, threads)
        assert again == said
        assert same(found, state)


@pytest.mark.parametrize("name", NETS)
def test_from_run_to_run(name: str):
    """Thirty times with more threads than cores: a race would show sooner or later."""
    assert len({fingerprint(name, threads=4) for _ in range(30)}) == 1


def test_another_process():
    """Which finds the kernels on disk, has its memory elsewhere, and another number of threads."""
    code = f"from {__name__} import NETS, fingerprint\nprint(*(fingerprint(name, 3) for name in NETS))"
    path = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [fingerprint(name) for name in NETS]


@pytest.mark.parametrize("name", NETS)
def test_engines_in_two_threads_do_not_disturb_each_other(name: str):
    """Of two networks each: four trainings at once, each of them on several threads itself."""
    expected, found = {each: fingerprint(each) for each in NETS}, []

    def train(each: str, threads: int) -> None:
        found.append((each, fingerprint(each, threads)))

    workers = [threading.Thread(target=train, args=(each, threads)) for each in NETS for threads in (2, 3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == sorted((each, expected[each]) for each in NETS for _ in range(2))


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("stop", [1, 4])
def test_a_resumed_training_equals_an_uninterrupted_one(name: str, stop: int):
    whole, first = make_run(name), make_run(name)
    said = advance(whole, STEPS)
    begun = advance(first, stop)
    second = make_run(name, threads=3)
    advance(second, 2)  # it may have done something else before
    second.network.load_state_dict(NETS[name]().state_dict())
    second.load_state(first.state())
    assert begun + advance(second, STEPS - stop) == said
    assert same(second.state(), whole.state())


def test_looking_in_between_changes_nothing():
    whole, watched = make_run("convolutional"), make_run("convolutional")
    x, targets = hg.batch(DATA, range(70))
    for _ in range(5):
        advance(whole, 1), advance(watched, 1)
        watched.predict(x), watched.gradients(x, targets), watched.activations(x), watched.predict(x[:1])
        with watched.averaged_weights():
            watched.predict(x)
    assert same(watched.state(), whole.state())


def test_one_image_of_a_heavy_network_on_any_number_of_threads():
    """Its weights are read by all of them; those of a light one by the caller alone."""
    layers = [hg.Conv2d(1, 8, 3), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(1352, 200), hg.ReLU()]
    net = hg.Sequential([*layers, hg.Linear(200, 10)], seed=0, input_shape=(1, 28, 28))
    x = np.random.default_rng(0).random((1, 1, 28, 28), dtype=np.float32)
    goal = hg.CrossEntropyLoss(), hg.SGD(lr=0.1)
    expected = hg.compile(net, *goal, engine="reference").predict(x)
    found = []
    for threads in (1, 2, 3, 16):
        run = hg.compile(net, *goal, engine="compiled", threads=threads)
        found += [run.predict(x) for _ in range(50)]
        (plan,) = run._plans.values()
        assert plan.threads == threads
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-6)
    for each in found:
        np.testing.assert_array_equal(each, found[0])
