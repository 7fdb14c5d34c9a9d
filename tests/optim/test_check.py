"""Values that make no sense are refused when they are written down, not when they have done their harm."""

import math

import numpy as np
import pytest

import handgrad.optim as optim
from handgrad.errors import ArgumentError

ALL = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad")
WRONG = [
    *[(kind, {"lr": value}) for kind in ALL for value in (-1e-9, math.nan, math.inf, "0.1", None, True)],
    *[(kind, {"weight_decay": -0.1}) for kind in ALL],
    *[(kind, {"decay_bias": 1}) for kind in ALL],
    *[(kind, {"bias_lr_multiplier": -1.0}) for kind in ALL],
    *[(kind, {"eps": value}) for kind in ALL[1:] for value in (0.0, -1e-8)],
    *[("SGD", {"momentum": value}) for value in (-0.1, 1.0, 1.5, np.ones(2))],
    *[("SGD", {"momentum": 0.9, "dampening": value}) for value in (-0.1, 1.1)],
    ("SGD", {"momentum": 0.9, "nesterov": "yes"}),
    ("SGD", {"momentum_form": "Torch"}),
    *[("Adam", {"betas": value}) for value in ((0.9,), (0.9, 1.0), (-0.1, 0.9), 0.9, "ab", (0.9, None))],
    ("AdamW", {"betas": (0.9, math.nan)}),
    ("Adam", {"amsgrad": 0}),
    *[("RMSprop", {"alpha": value}) for value in (-0.1, 1.0)],
    ("RMSprop", {"momentum": 1.0}),
    ("RMSprop", {"centered": None}),
    ("Adagrad", {"lr_decay": -1.0}),
    ("Adagrad", {"initial_accumulator_value": -1.0}),
    ("ConstantLR", {"factor": 1.1}),
    ("ConstantLR", {"total_iters": -1}),
    *[("StepLR", {"step_size": value}) for value in (0, 2.5, True, "3")],
    ("ExponentialLR", {"gamma": -0.5}),
    ("InverseDecayLR", {"power": 0.75, "gamma": -1.0}),
    ("InverseDecayLR", {"gamma": 0.1, "power": -1.0}),
    ("CosineAnnealingLR", {"T_max": 0}),
    ("CosineAnnealingLR", {"eta_min": -1.0}),
    ("LambdaLR", {"lr_lambda": 0.5}),
    ("OneCycleLR", {"max_lr": -1.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 0}),
    ("OneCycleLR", {"max_lr": 1.0, "pct_start": 30}),
    ("OneCycleLR", {"max_lr": 1.0, "anneal_strategy": "cosine"}),
    ("OneCycleLR", {"max_lr": 1.0, "div_factor": 0}),
    ("OneCycleLR", {"max_lr": 1.0, "final_div_factor": -1.0}),
    ("OneCycleLR", {"max_lr": 1.0, "three_phase": 1}),
    ("ClipGradNorm", {"max_norm": 0.0}),
    ("ClipGradNorm", {"max_norm": 1.0, "norm_type": 0}),
    ("ClipGradValue", {"clip_value": -1.0}),
    ("ExponentialMovingAverage", {"decay": 1.1}),
    ("StochasticWeightAverage", {"start": -1}),
    ("StochasticWeightAverage", {"every": 0}),
]


@pytest.mark.parametrize(("kind", "arguments"), WRONG)
def test_a_wrong_value_is_refused_at_construction(kind, arguments):
    with pytest.raises(ArgumentError) as caught:
        getattr(optim, kind)(**arguments)
    error, (field, value) = caught.value, list(arguments.items())[-1]
    assert error.where == kind
    assert field in error.expected
    assert error.got == repr(value)
    assert error.hint


@pytest.mark.parametrize(
    "arguments",
    [
        {"nesterov": True},
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
        {"nesterov": True, "momentum": 0.9, "momentum_form": "average"},
        {"dampening": 0.1, "momentum": 0.9, "momentum_form": "rate_inside"},
    ],
)
def test_a_combination_without_meaning_is_refused(arguments):
    with pytest.raises(ArgumentError, match=r"^SGD: expected .*nesterov.*dampening.*, got .*\. Hint: .*\."):
        optim.SGD(**arguments)


def test_the_sentence_that_a_reader_sees():
    with pytest.raises(ArgumentError) as caught:
        optim.SGD(momentum=1.0)
    sentence = "SGD: expected momentum in [0, 1), got 1.0. Hint: 0.9 is the usual value, 0 means none."
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("SGD", {"lr": 0, "momentum": 0, "dampening": 1, "weight_decay": 0}),
        ("SGD", {"momentum": np.float32(0.9), "momentum_form": "average"}),
        ("Adam", {"betas": [0, 0.999]}),
        ("CosineAnnealingLR", {"T_max": np.int64(5)}),
        ("ClipGradNorm", {"max_norm": 1, "norm_type": math.inf}),
        ("ExponentialMovingAverage", {"decay": 1}),
    ],
)
def test_the_ends_of_the_intervals_and_numpys_numbers_are_taken(kind, arguments):
    made = getattr(optim, kind)(**arguments)
    plain = (int, float, bool, str, tuple)
    assert all(type(getattr(made, field)) in plain for field in arguments)
