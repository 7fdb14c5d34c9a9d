"""A loss, a clipping or another part that does not keep to its contract is refused with one sentence."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, ShapeError
from tests.engine.engine_cases import make_data, make_net, make_run, same

ENGINES = ("compiled", "reference")
DATA = make_data()
X, TARGETS = hg.batch(DATA, range(12))

pytestmark = pytest.mark.filterwarnings("ignore:no kernel for")


@dataclass(frozen=True)
class Own:
    """A loss or a clipping that returns what it is told."""

    returned: Any = None

    def forward(self, y, targets):
        return self.returned(y)

    def backward(self, cache):
        return cache

    def clip(self, gradients):
        return self.returned(gradients)

    def __repr__(self):
        return "Own()"


VALUE = "Own(): expected forward to return (value, cache)"
CLIP = "Own(): expected clip to return (gradients, norm or None)"
LOSSES = {
    "a number": (lambda y: 1.0, f"{VALUE}, got one float."),
    "nothing": (lambda y: None, f"{VALUE}, got one NoneType."),
    "one for each image": (
        lambda y: (y.sum(axis=1), y),
        f"{VALUE}, its value one number, got a value that is ndarray of shape (12,). "
        "Hint: return the mean over the batch.",
    ),
    "no value": (
        lambda y: (None, y),
        f"{VALUE}, its value one number, got a value that is NoneType. Hint: return the mean over the batch.",
    ),
    "another dy": (
        lambda y: (1.0, y[:1]),
        "Own(): expected backward to return dy of shape (12, 3), got (1, 3).",
    ),
    "no dy": (lambda y: (1.0, None), "Own(): expected backward to return dy of shape (12, 3), got ()."),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_that_returns_something_else(case, engine):
    returned, message = LOSSES[case]
    run = make_run(loss=Own(returned), engine=engine)
    run.settle(X.shape[1:])
    before = run.state()
    for call in (run.train_step, run.gradients):
        with pytest.raises((ArgumentError, ShapeError)) as caught:
            call(X, TARGETS)
        assert str(caught.value) == message
    assert same(run.state(), before)
    if message.startswith(VALUE):
        with pytest.raises(ArgumentError) as caught:
            hg.evaluate(run, DATA.take(np.arange(12)))
        assert str(caught.value) == message


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [2, np.float32(2), np.float64(2), np.array(2.0)], ids=repr)
def test_a_value_may_be_any_one_number(value, engine):
    assert make_run(loss=Own(lambda y: (value, y)), engine=engine).train_step(X, TARGETS).loss == 2.0


def changed(name, change):
    return lambda gradients: ({**gradients, name: change(gradients.get(name))}, None)


BY_NAME = f"{CLIP}, its gradients by the names "
CLIPS = {  # what it returns, and how the sentence begins and ends
    "gradients only": (lambda gradients: gradients, CLIP, ", got one dict."),
    "nothing": (lambda gradients: None, CLIP, ", got one NoneType."),
    "a list": (lambda gradients: (list(gradients.values()), None), BY_NAME, ", got a list."),
    "no gradients": (lambda gradients: ({}, None), BY_NAME, ", got none."),
    "one missing": (
        lambda gradients: ({"1.bias": gradients["1.bias"]}, None),
        BY_NAME,
        ", got 1.bias.",
    ),
    "one too many": (changed("more", lambda _: 0.0), BY_NAME, ", more."),
}


@dataclass(frozen=True)
class Plain(hg.Optimizer):
    """Without kernels: gradients take another way there."""

    def _slots(self):
        return {}

    def _update(self, value, gradient, slots, lr, step, decays):
        value -= lr * gradient


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", [hg.SGD(lr=0.1), Plain(0.1)], ids=["SGD", "Plain"])
@pytest.mark.parametrize("case", CLIPS)
def test_a_clipping_that_returns_something_else(case, optimizer, engine):
    returned, begins, ends = CLIPS[case]
    run = make_run(optimizer=optimizer, clip=Own(returned), engine=engine)
    run.settle(X.shape[1:])
    before = run.state()
    with pytest.raises(ArgumentError) as caught:
        run.train_step(X, TARGETS)
    assert str(caught.value).startswith(begins)
    assert str(caught.value).endswith(ends)
    assert same(run.state(), before)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clipped_gradient_of_another_shape(engine):
    """One that would broadcast."""
    run = make_run(clip=Own(changed("0.weight", lambda gradient: gradient[:1])), engine=engine)
    with pytest.raises(ShapeError, match=r"Own\(\): expected clip to return a gradient of 0.weight of shape"):
        run.train_step(X, TARGETS)


PARTS = {
    "network": ([hg.Linear(2, 2)], "network to be a network", "[Linear(2, 2)]"),
    "loss": (
        "cross-entropy",
        "loss to be a loss with forward(y, targets) -> (value, cache)",
        "'cross-entropy'",
    ),
    "optimizer": (0.1, "optimizer to be an optimizer", "0.1"),
    "schedule": (abs, "schedule to be a schedule", "<built-in function abs>"),
    "clip": (1.0, "clip to be a clipping with clip(gradients) -> (gradients, norm or None)", "1.0"),
    "average": (0.999, "average to be a weight average", "0.999"),
}


@pytest.mark.parametrize("part", PARTS)
def test_compile_refuses_what_is_no_such_part(part):
    given, expected, got = PARTS[part]
    parts = {"network": make_net(), "loss": hg.CrossEntropyLoss(), "optimizer": hg.SGD(), part: given}
    with pytest.raises(ArgumentError) as caught:
        hg.compile(**parts)
    message = str(caught.value)
    assert message.startswith(f"compile: expected {expected}")
    assert f", got {got}. Hint: " in message


@pytest.mark.parametrize("part", ["network", "loss", "optimizer"])
def test_what_compile_must_have(part):
    parts = {"network": make_net(), "loss": hg.CrossEntropyLoss(), "optimizer": hg.SGD(), part: None}
    with pytest.raises(ArgumentError, match=f"compile: expected {part} to be .*, got None"):
        hg.compile(**parts)
