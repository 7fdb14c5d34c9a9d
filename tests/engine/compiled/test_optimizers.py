"""Every optimizer with every option, every schedule, both ways of clipping and both averages, as kernels."""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.optim.averaging import WeightAverage
from handgrad.optim.schedules import Schedule
from tests.engine.compiled.agreement import WIDE, Trio, all_agree, trio
from tests.optim.optimizer_cases import CASES, make_optimizer

STEPS = 5
RNG = np.random.default_rng(0)
X = RNG.normal(size=(STEPS, 21, 100)).astype(np.float32)
TARGETS = RNG.integers(0, 3, (STEPS, 21))

OPTIMIZERS: dict[str, hg.Optimizer] = {
    **{name: make_optimizer(name) for name in CASES},
    "sgd-rate-inside": hg.SGD(lr=0.1, momentum=0.9, momentum_form="rate_inside", weight_decay=0.05),
    "sgd-average": hg.SGD(lr=0.1, momentum=0.9, momentum_form="average"),
    "sgd-rate-inside-biases": hg.SGD(
        lr=0.1, momentum=0.9, momentum_form="rate_inside", bias_lr_multiplier=2.0
    ),
    "sgd-full-dampening": hg.SGD(lr=0.1, momentum=0.9, dampening=1.0),
    "sgd-biases-stand-still": hg.SGD(lr=0.1, bias_lr_multiplier=0.0),
    "sgd-no-rate": hg.SGD(lr=0.0, momentum=0.5),
    "adam-no-memory": hg.Adam(lr=0.1, betas=(0.0, 0.0)),
    "adamw-no-decay": hg.AdamW(lr=0.1, weight_decay=0.0),
    "rmsprop-everything": hg.RMSprop(
        lr=0.01,
        alpha=0.9,
        weight_decay=0.1,
        momentum=0.9,
        centered=True,
        decay_bias=False,
        bias_lr_multiplier=3.0,
    ),
    "adagrad-biases": hg.Adagrad(
        lr=0.1, lr_decay=0.5, weight_decay=0.1, decay_bias=False, bias_lr_multiplier=0.5
    ),
}
SCHEDULES: dict[str, Schedule] = {
    "constant": hg.ConstantLR(factor=0.5, total_iters=2),
    "step": hg.StepLR(2, gamma=0.3),
    "exponential": hg.ExponentialLR(0.7),
    "inverse-decay": hg.InverseDecayLR(gamma=0.5, power=0.75),
    "cosine": hg.CosineAnnealingLR(eta_min=0.01),
    "one-cycle": hg.OneCycleLR(0.3),
    "one-cycle-three-phases": hg.OneCycleLR(0.3, anneal_strategy="linear", three_phase=True),
    "lambda": hg.LambdaLR(lambda step: (1.0, 0.0, 2.0, 0.5, 1.5)[step]),
}


def layers() -> list[hg.Layer]:
    """Parameters of 9,000 numbers, which are two tasks, and of 7 and 1, which fill no vector; no kinks."""
    return [
        hg.Linear(100, 90),
        hg.Tanh(),
        hg.Linear(90, 7),
        hg.PReLU(),
        hg.Tanh(),
        hg.Linear(7, 3, bias=False),
    ]


def runs_with(optimizer: hg.Optimizer, **options: Any) -> Trio:
    runs = trio(layers, (100,), margin=WIDE, optimizer=optimizer, **options)
    for run in runs:
        run.begin(STEPS)
    return runs


def five_steps_agree(runs: Trio, fallbacks: list[str]) -> None:
    for x, targets in zip(X, TARGETS, strict=True):
        runs.steps_agree(x, targets)
        runs.states_agree()
    assert runs.compiled.fallbacks == fallbacks


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_five_steps(name: str):
    five_steps_agree(runs_with(OPTIMIZERS[name]), [])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_step_given_the_same_gradients(name: str):
    """Closer than the steps above: what the formula makes of the compiled engine's own gradients."""
    optimizer, run = OPTIMIZERS[name], runs_with(OPTIMIZERS[name]).compiled
    for x, targets in zip(X, TARGETS, strict=True):
        gradients, state = run.gradients(x, targets), run.state()
        single, double = (formula(optimizer, gradients, state, dtype) for dtype in (np.float32, np.float64))
        run.train_step(x, targets)
        found = run.state()
        for kind in {
            key.split("/")[-1] for key in double
        }:  # the weight of a layer, its momentum buffer and so on
            states = (
                {key: state[key] for key in double if key.endswith(kind)} for state in (found, single, double)
            )
            all_agree(*states, name)


def formula(
    optimizer: hg.Optimizer, gradients: Any, state: dict[str, np.ndarray], dtype: Any
) -> dict[str, np.ndarray]:
    """The state after one step of the optimizer itself, which starts at ``state``, in some precision."""
    run = hg.compile(
        hg.Sequential(layers(), input_shape=(100,), dtype=dtype),
        hg.CrossEntropyLoss(),
        optimizer,
        engine="reference",
    )
    run.load_state(
        {key: array.astype(dtype) if array.dtype == np.float32 else array for key, array in state.items()}
    )
    optimizer.step(run.network.parameters(), gradients, run._optimizer_state)
    return {key: array for key, array in run.state().items() if array.dtype == dtype}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(
    "optimizer",
    [hg.SGD(lr=0.1, momentum=0.9, momentum_form="rate_inside"), hg.Adam(lr=0.01)],
    ids=["sgd", "adam"],
)
def test_schedules(name: str, optimizer: hg.Optimizer):
    five_steps_agree(runs_with(optimizer, schedule=SCHEDULES[name]), [])


# bounds that are reached, and bounds that are not
CLIPS = [
    *(
        hg.ClipGradNorm(bound, norm)
        for bound, norm in itertools.product([0.1, 1e3], [2.0, 1.0, 3.0, math.inf])
    ),
    hg.ClipGradNorm(math.inf),
    *(hg.ClipGradValue(bound) for bound in (1e-3, 10.0, math.inf)),
]


class Gentle(hg.ClipGradNorm):
    """A user's own, made from one that has a kernel: it halves the gradients."""

    def clip(self, gradients: Any) -> Any:
        return {name: gradient * np.float32(0.5) for name, gradient in gradients.items()}, 0.0


class Harsh(hg.ClipGradValue):
    """Another: it keeps only the signs."""

    def clip(self, gradients: Any) -> Any:
        return {name: np.copysign(np.float32(0.01), gradient) for name, gradient in gradients.items()}, None


class Frugal(hg.ExponentialMovingAverage):
    """And an average of every third step, by another way than its share."""

    def update(self, parameters: Any, state: Any) -> None:
        state.updates += 1
        for name, average in state.averages.items() if state.updates % 3 == 0 else ():
            average[...] = 2 * parameters[name].value


@pytest.mark.filterwarnings("ignore:no kernel for")
@pytest.mark.parametrize(
    "option", [{"clip": Gentle(1.0)}, {"clip": Harsh(1.0)}, {"average": Frugal(0.9)}], ids=repr
)
def test_a_users_own_clipping_or_average(option: Any):
    runs = runs_with(hg.SGD(lr=0.5, momentum=0.9), **option)
    for x, targets in zip(X, TARGETS, strict=True):
        runs.steps_agree(x, targets)
        runs.states_agree()


@pytest.mark.filterwarnings("ignore:no kernel for the clipping")
@pytest.mark.parametrize("clip", CLIPS, ids=repr)
def test_clipping(clip: Any):
    other_norm = getattr(clip, "norm_type", 2) != 2
    fallbacks = [f"the clipping {clip!r}"] if other_norm else []
    five_steps_agree(runs_with(hg.SGD(lr=0.5, momentum=0.9, weight_decay=0.05), clip=clip), fallbacks)


@dataclass(frozen=True)
class EveryOther(WeightAverage):
    """The last weights of an even step: a user's own average."""

    def share(self, update: int) -> float:
        return float(update % 2 == 0)


AVERAGES = [
    hg.ExponentialMovingAverage(0.9), hg.ExponentialMovingAverage(0.0), hg.ExponentialMovingAverage(1.0),
    hg.StochasticWeightAverage(), hg.StochasticWeightAverage(start=1, every=2), EveryOther(),
]  # fmt: skip


@pytest.mark.parametrize("average", AVERAGES, ids=repr)
def test_averages(average: WeightAverage):
    runs = runs_with(hg.Adam(lr=0.01), average=average)
    five_steps_agree(runs, [])

    def averaged(run: Any) -> np.ndarray:
        with run.averaged_weights():
            return run.predict(X[0])

    runs.agree(averaged, "averaged predictions")
    runs.predictions_agree(X[0])  # and the weights are back


@dataclass(frozen=True)
class Decaying(hg.Optimizer):
    """A user's own: momentum whose share grows with the steps."""

    def _slots(self) -> dict[str, float]:
        return {"velocity": 1.0}

    def _update(self, value: Any, gradient: Any, slots: Any, lr: float, step: int, decays: bool) -> None:
        slots["velocity"] *= 1 - 1 / (step + 1)
        slots["velocity"] += gradient
        value -= lr * slots["velocity"] + (0.01 * lr * value if decays else 0)


class Heavier(hg.SGD):
    """A user's own, made from one that has a kernel: it must not be taken for it."""

    def gradient_share(self, lr: float, step: int) -> float:
        return 2.0

    def _update(self, value: Any, gradient: Any, slots: Any, lr: float, step: int, decays: bool) -> None:
        super()._update(value, 3 * gradient, slots, lr, step, decays)


OWN = [Decaying(lr=0.05, decay_bias=False, bias_lr_multiplier=2.0), Heavier(lr=0.05, momentum=0.5)]


@pytest.mark.parametrize("optimizer", OWN, ids=repr)
@pytest.mark.parametrize("clip", [None, hg.ClipGradNorm(0.1), hg.ClipGradValue(1e-3)], ids=repr)
@pytest.mark.filterwarnings("ignore:no kernel for the optimizer")
def test_a_users_own_optimizer(optimizer: hg.Optimizer, clip: Any):
    runs = runs_with(
        optimizer, clip=clip, average=hg.ExponentialMovingAverage(0.9), schedule=hg.ExponentialLR(0.9)
    )
    five_steps_agree(runs, [f"the optimizer {optimizer!r}"])
