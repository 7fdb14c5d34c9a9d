"""Optimizers, schedules, clipping and averaging: what turns gradients into better parameters.

An optimizer is a frozen configuration. What it remembers is an `OptimizerState` that the engine keeps,
saves and restores: `state = optimizer.init(parameters)`, then `optimizer.step(parameters, gradients, state)`.
"""

from handgrad.optim.adagrad import Adagrad
from handgrad.optim.adam import Adam, AdamW
from handgrad.optim.averaging import ExponentialMovingAverage, StochasticWeightAverage, WeightAverage
from handgrad.optim.clipping import ClipGradNorm, ClipGradValue, Clipping
from handgrad.optim.one_cycle import OneCycleLR
from handgrad.optim.optimizer import Optimizer
from handgrad.optim.rmsprop import RMSprop
from handgrad.optim.schedules import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    InverseDecayLR,
    LambdaLR,
    Schedule,
    StepLR,
)
from handgrad.optim.sgd import SGD
from handgrad.optim.state import AverageState, OptimizerState

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "AverageState",
    "ClipGradNorm",
    "ClipGradValue",
    "Clipping",
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "ExponentialMovingAverage",
    "InverseDecayLR",
    "LambdaLR",
    "OneCycleLR",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "Schedule",
    "StepLR",
    "StochasticWeightAverage",
    "WeightAverage",
]
