"""Mistakes in a user's own layers and losses are refused by both engines, before they do any harm."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, ShapeError
from tests.engine.compiled.own_layers import Scale, Square
from tests.engine.engine_cases import make_data, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(21))
FULL: dict[str, Any] = {"optimizer": hg.SGD(lr=0.1, momentum=0.9), "clip": hg.ClipGradNorm(1.0)}


class Mean(hg.Layer):
    """Wrong: it forgets the batch. With the single image that a shape is asked by, nothing shows."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        return x.mean(axis=0, keepdims=True), x.shape

    def backward(self, dy: Any, cache: Any) -> Any:
        return np.broadcast_to(dy / cache[0], cache), {}


class Liar(hg.Layer):
    """Wrong: it promises fewer features than it gives."""

    def output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0] - 1,)

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        return x, None

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy, {}


class Bare(Square):
    """Wrong: no cache."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
        return x * x


class Flat(Square):
    """Wrong: dx of another shape."""

    def backward(self, dy: Any, cache: Any) -> Any:
        return dy.reshape(-1), {}


class Careless(Scale):
    """Wrong: a gradient that would broadcast, another time one too many."""

    def backward(self, dy: Any, cache: Any) -> Any:
        dx, gradients = super().backward(dy, cache)
        return dx, {**gradients, "factor": gradients["factor"].sum()}


class Generous(Scale):
    def backward(self, dy: Any, cache: Any) -> Any:
        dx, gradients = super().backward(dy, cache)
        return dx, {**gradients, "more": gradients["factor"]}


class Failing(Square):
    def backward(self, dy: Any, cache: Any) -> Any:
        raise KeyError("a mistake of my own")


class Short:
    """Wrong: a gradient for one image only."""

    def forward(self, y: Any, targets: Any) -> Any:
        return 1.0, y

    def backward(self, cache: Any) -> Any:
        return cache[:1]


IN_FORWARD = {"Mean": Mean, "Liar": Liar, "Bare": Bare}
IN_BACKWARD = {
    "Flat": Flat,
    "Careless": lambda: Careless(16),
    "Generous": lambda: Generous(16),
    "Failing": Failing,
}


def refused(layers: Callable[[], list[hg.Layer]], loss: Any = hg.CrossEntropyLoss()) -> None:  # noqa: B008 (frozen)
    """By both engines, with the same kind of error, at once or in a step; nothing has changed afterwards."""
    refusals = []
    for engine in ("compiled", "reference"):
        run = make_run(hg.Sequential(layers(), 1), hg.Adam(), loss=loss, engine=engine)
        with contextlib.suppress(ArgumentError):
            run.settle((1, 8, 8))
        before = run.state()
        for call in (run.train_step, run.gradients):
            with pytest.raises((ShapeError, ArgumentError, KeyError)) as caught:
                call(X, TARGETS)
            refusals.append(caught.type)
            assert same(run.state(), before)
    assert len(set(refusals)) == 1


@pytest.mark.filterwarnings("ignore:no kernel for")
@pytest.mark.parametrize("name", IN_FORWARD)
def test_mistakes_on_the_way_forward_are_refused(name: str):
    """Never is memory read that is not theirs."""
    make = IN_FORWARD[name]
    refused(lambda: [hg.Flatten(), hg.Linear(64, 16), hg.BatchNorm1d(16), make(), hg.Linear(None, 3)])
    refused(lambda: [hg.Flatten(), make(), hg.Linear(None, 3)])
    for engine in ("compiled", "reference"):
        run = make_run(hg.Sequential([hg.Flatten(), make(), hg.Linear(None, 3)]), engine=engine)
        with contextlib.suppress(ShapeError, ArgumentError):
            # of a mean over the batch the reference cannot know that it is none
            assert (name, len(run.predict(X))) == ("Mean", 1)


@pytest.mark.filterwarnings("ignore:no kernel for")
@pytest.mark.parametrize("name", IN_BACKWARD)
def test_mistakes_on_the_way_back_are_refused(name: str):
    make = IN_BACKWARD[name]
    refused(lambda: [hg.Flatten(), hg.Linear(64, 16), hg.BatchNorm1d(16), make(), hg.Linear(None, 3)])


@pytest.mark.filterwarnings("ignore:no kernel for")
def test_mistakes_of_a_loss_are_refused():
    refused(lambda: [hg.Flatten(), hg.Linear(64, 3)], Short())
