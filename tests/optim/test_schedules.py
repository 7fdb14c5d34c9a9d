import math
from dataclasses import dataclass

import pytest

from handgrad.errors import ArgumentError
from handgrad.optim import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    InverseDecayLR,
    LambdaLR,
    OneCycleLR,
    Schedule,
    StepLR,
)
from tests.optim.torch_schedules import torch_rates

TWINS = [
    (ConstantLR(), "ConstantLR", {}),
    (ConstantLR(0.25, 7), "ConstantLR", {"factor": 0.25, "total_iters": 7}),
    (StepLR(7), "StepLR", {"step_size": 7}),
    (StepLR(1, 0.9), "StepLR", {"step_size": 1, "gamma": 0.9}),
    (ExponentialLR(0.97), "ExponentialLR", {"gamma": 0.97}),
    (ExponentialLR(1.01), "ExponentialLR", {"gamma": 1.01}),
    (InverseDecayLR(0.1, 0.75), "LambdaLR", {"lr_lambda": lambda t: 1 / (1 + 0.1 * t) ** 0.75}),
    (CosineAnnealingLR(), "CosineAnnealingLR", {"T_max": 60}),
    (CosineAnnealingLR(60, 0.01), "CosineAnnealingLR", {"T_max": 60, "eta_min": 0.01}),
    (CosineAnnealingLR(17, 0.01), "CosineAnnealingLR", {"T_max": 17, "eta_min": 0.01}),  # and up again
    (LambdaLR(lambda t: 0.95**t), "LambdaLR", {"lr_lambda": lambda t: 0.95**t}),
]


@pytest.mark.torch
@pytest.mark.parametrize(("schedule", "kind", "arguments"), TWINS)
def test_a_whole_run_has_pytorchs_rates(schedule, kind, arguments):
    expected = torch_rates(kind, arguments, 0.1, 60)
    assert [schedule(step, 0.1, 60) for step in range(60)] == pytest.approx(expected, rel=1e-11, abs=1e-15)


def test_lenets_rate_is_the_courses():
    schedule = InverseDecayLR(gamma=0.0001, power=0.75)
    for step in (0, 1, 5_000, 10_000):
        assert schedule(step, 0.01) == pytest.approx(0.01 / (1 + 0.0001 * step) ** 0.75, rel=1e-14)


def test_known_rates():
    assert [ConstantLR(0.5, 2)(step, 0.8) for step in range(4)] == [0.4, 0.4, 0.8, 0.8]
    assert [StepLR(1000, 0.5)(step, 0.001) for step in (999, 1000, 2000)] == [0.001, 0.0005, 0.00025]
    cosine = CosineAnnealingLR(T_max=100, eta_min=0.02)
    assert [cosine(step, 0.1) for step in (0, 50, 100)] == pytest.approx([0.1, 0.06, 0.02])
    assert CosineAnnealingLR()(25, 0.1, 100) == pytest.approx(0.05 * (1 + math.sqrt(0.5)))
    assert ExponentialLR(0.5)(100_000, 0.1) == 0.0
    assert InverseDecayLR(1e300, 2)(10, 0.1) == 0.0


@pytest.mark.parametrize("schedule", [CosineAnnealingLR(), OneCycleLR(0.1)])
@pytest.mark.parametrize("total", [None, 0])
def test_the_length_is_asked_for_where_it_is_needed(schedule, total):
    with pytest.raises(ArgumentError, match="fit tells it; elsewhere pass total_steps") as caught:
        schedule(0, 0.1, total)
    assert caught.value.got == str(total)


def test_a_step_below_zero_is_refused():
    with pytest.raises(ArgumentError, match=r"^StepLR: expected a step of at least 0, got -1"):
        StepLR(3)(-1, 0.1)


@pytest.mark.parametrize(
    "schedule", [LambdaLR(lambda _: -1.0), LambdaLR(lambda _: math.nan), ExponentialLR(10.0)]
)
def test_what_is_no_rate_is_refused(schedule):
    with pytest.raises(ArgumentError, match=r"expected a learning rate in \[0, inf\) at step 400"):
        schedule(400, 0.1)


def test_schedules_are_values():
    assert StepLR(3) == StepLR(3, 0.1)
    assert len({StepLR(3), StepLR(3), OneCycleLR(0.1)}) == 2


def test_a_schedule_of_ones_own():
    @dataclass(frozen=True)
    class Half(Schedule):
        def _rate(self, step, base_lr, total_steps):
            return base_lr / 2

    assert Half()(0, 0.1) == 0.05
