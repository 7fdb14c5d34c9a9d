"""A user's own layers and losses run by their own code, and one warning names them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import EngineWarning
from tests.engine.compiled.agreement import trio
from tests.engine.compiled.own_layers import Scale, Square
from tests.engine.engine_cases import make_data, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(21))
FULL: dict[str, Any] = {"optimizer": hg.SGD(lr=0.1, momentum=0.9), "clip": hg.ClipGradNorm(1.0)}


class Noise(hg.Layer):
    """Draws from the step's generator, as dropout does before and after it."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        factor = rng.normal(size=x.shape).astype(x.dtype) if training else np.ones_like(x)
        return x * factor, factor

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy * cache, {}


class Split(hg.Layer):
    """Twice as many channels: x and −x."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        return np.concatenate([x, -x], axis=1), None

    def backward(self, dy: Any, cache: Any) -> Any:
        half = dy.shape[1] // 2
        return dy[:, :half] - dy[:, half:], {}


class Counting(hg.Layer):
    """Has a buffer, which training changes."""

    def __init__(self) -> None:
        self.seen = hg.Buffer(np.zeros((), np.int64))

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        self.seen.value[...] += training
        return x, None

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy, {}


class Norm(hg.BatchNorm2d):
    """Made from one that has kernels: it must not be taken for it."""

    def forward(self, x: Any, **options: Any) -> Any:
        y, cache = super().forward(2 * x, **options)
        return y, cache

    def backward(self, dy: Any, cache: Any) -> Any:
        dx, gradients = super().backward(dy, cache)
        return 2 * dx, gradients


OWN: dict[str, Callable[[], hg.Layer]] = {
    "Square()": Square, "Scale(2)": lambda: Scale(2), "Noise()": Noise, "Split()": Split,
    "Counting()": Counting, "Norm(2)": lambda: Norm(2),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("place", ["first", "middle", "last", "inside", "twice"])
def test_a_layer_anywhere(name: str, place: str):
    make = OWN[name]

    def layers() -> list[hg.Layer]:
        body = [hg.Conv2d(None, 2, 3), hg.ReLU(), hg.Dropout(0.2), hg.MaxPool2d(2)]
        end = [hg.Flatten(), hg.Dropout(0.3), hg.Linear(None, 3)]
        if place == "first":
            return [hg.Conv2d(1, 2, 1), hg.Sequential([make(), *body]), *end]
        if place == "last":
            return [*body, make(), *end]
        if place == "inside":
            return [*body[:1], hg.Sequential([hg.Tanh(), hg.Sequential([make()])]), *body[2:], *end]
        if place == "twice":
            return [body[0], make(), make(), *body[2:], *end]
        return [body[0], make(), *body[1:], *end]

    runs = trio(layers, (1, 8, 8), **FULL)

    def everything() -> None:
        runs.predictions_agree(X)
        runs.gradients_agree(X, TARGETS)
        for count in (21, 21, 21, 5):
            runs.steps_agree(X[:count], TARGETS[:count])
        runs.states_agree()

    with pytest.warns(EngineWarning) as caught:
        everything()
    assert len(caught) == (2 if place == "twice" else 1)  # however many steps and plans
    assert name in str(caught[0].message)
    assert len(runs.compiled.fallbacks) == len(caught)


@pytest.mark.filterwarnings("ignore:no kernel for layer")
@pytest.mark.parametrize("make", [Counting, lambda: Norm(1)], ids=["Counting", "Norm"])
def test_buffers_of_own_layers_change_by_steps_only(make: Any):
    """Not by gradients, and not by steps that fail."""
    net = hg.Sequential([make(), hg.Flatten(), hg.Linear(64, 3)], input_shape=(1, 8, 8))
    run = make_run(net, hg.SGD(), engine="compiled")
    run.train_step(X, TARGETS)
    before = run.state()
    run.predict(X)
    run.gradients(X, TARGETS)
    assert same(run.state(), before)
    for x, targets in (
        (X, TARGETS + 1),
        (X, TARGETS[:4]),
        (np.full_like(X, 3e38), TARGETS),
        (X * np.float32(np.nan), TARGETS),
    ):
        with pytest.raises((ValueError, ArithmeticError)):
            run.train_step(x, targets)
        assert same(run.state(), before)
    run.train_step(X, TARGETS)
    assert not same(run.state(), before)


class Sharp:
    """A loss of one's own: the sum of absolute differences to one-hot rows, which needs the targets twice."""

    def forward(self, y: Any, targets: Any) -> Any:
        difference = y - np.eye(y.shape[1], dtype=y.dtype)[targets]
        return float(np.tanh(difference).sum() / len(y)), difference

    def backward(self, cache: Any) -> Any:
        return (1 - np.tanh(cache) ** 2) / len(cache)


class Doubled(hg.CrossEntropyLoss):
    """Made from one that has a kernel: it must not be taken for it."""

    def forward(self, y: Any, targets: Any) -> Any:
        value, cache = super().forward(2 * y, targets)
        return value, cache

    def backward(self, cache: Any) -> Any:
        return 2 * super().backward(cache)


@pytest.mark.filterwarnings("ignore:no kernel for the loss")
@pytest.mark.parametrize("loss", [Sharp(), Doubled()], ids=["Sharp", "Doubled"])
def test_a_loss(loss: Any):
    runs = trio(
        lambda: [hg.Conv2d(1, 2, 3), hg.Tanh(), hg.Flatten(), hg.Linear(72, 3)], (1, 8, 8), loss=loss, **FULL
    )
    for x, targets in ((X, TARGETS), (X, TARGETS), (X[:5], TARGETS[:5])):
        runs.gradients_agree(x, targets)
        found, expected = runs.compiled.train_step(x, targets), runs.single.train_step(x, targets)
        runs.double.train_step(x, targets)
        assert (found.correct, found.count) == (expected.correct, expected.count)
        runs.states_agree()
    run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), loss=loss, engine="compiled")
    reference = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), loss=loss, engine="reference")
    assert run.train_on(DATA, range(9)).loss == pytest.approx(
        reference.train_on(DATA, range(9)).loss, rel=1e-5
    )
