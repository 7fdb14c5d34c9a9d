"""One table of optimizer settings, and what handgrad and PyTorch each make of them.

Shared by the test against stored values, the test against live PyTorch, and the script that stores them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import handgrad.optim as optim
from handgrad.nn.parameter import Parameter

STORED = Path(__file__).parents[1] / "stored" / "optimizers.npz"
STEPS = 20

# name: (class, the arguments that both have, the arguments that only handgrad has)
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": 0.1}, {}),
    "sgd-decay": ("SGD", {"lr": 0.1, "weight_decay": 0.05}, {}),
    "sgd-momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}, {}),
    "sgd-dampening": ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.05}, {}),
    "sgd-nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05, "nesterov": True}, {}),
    "sgd-biases": (
        "SGD",
        {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05},
        {"decay_bias": False, "bias_lr_multiplier": 2.0},
    ),
    "adam": ("Adam", {"lr": 0.1}, {}),
    "adam-decay": ("Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.05}, {}),
    "adam-amsgrad": ("Adam", {"lr": 0.1, "betas": (0.8, 0.7), "weight_decay": 0.05, "amsgrad": True}, {}),
    "adam-biases": ("Adam", {"weight_decay": 0.05}, {"decay_bias": False, "bias_lr_multiplier": 0.5}),
    "adamw": ("AdamW", {}, {}),
    "adamw-decay": ("AdamW", {"lr": 0.1, "betas": (0.8, 0.7), "weight_decay": 0.5, "amsgrad": True}, {}),
    "adamw-biases": (
        "AdamW",
        {"lr": 0.1, "weight_decay": 0.5},
        {"decay_bias": False, "bias_lr_multiplier": 2.0},
    ),
    "rmsprop": ("RMSprop", {}, {}),
    "rmsprop-decay": ("RMSprop", {"lr": 0.1, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.05}, {}),
    "rmsprop-momentum": ("RMSprop", {"lr": 0.1, "momentum": 0.9}, {}),
    "rmsprop-centered": ("RMSprop", {"lr": 0.1, "alpha": 0.8, "momentum": 0.5, "centered": True}, {}),
    "adagrad": ("Adagrad", {}, {}),
    "adagrad-decay": (
        "Adagrad",
        {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.05, "initial_accumulator_value": 0.5, "eps": 1e-3},
        {},
    ),
}

Numbers = Mapping[str, np.ndarray]


def make_inputs() -> dict[str, np.ndarray]:
    """First values of a weight and a bias, and 20 gradients of each: several sizes, and a row of zeros."""
    rng = np.random.default_rng(2024)
    gradients = rng.normal(size=(STEPS, 3, 4)) * np.array([1e-3, 1.0, 10.0])[:, None]
    gradients[:, 1, 2] = 0.0
    return {
        "weight": rng.normal(size=(3, 4)),
        "bias": rng.normal(size=3),
        "weight_gradients": gradients,
        "bias_gradients": rng.normal(size=(STEPS, 3)),
    }


def make_optimizer(case: str) -> optim.Optimizer:
    kind, shared, own = CASES[case]
    optimizer: optim.Optimizer = getattr(optim, kind)(**shared, **own)
    return optimizer


def make_parameters(inputs: Numbers, dtype: str) -> dict[str, Parameter]:
    return {
        name: Parameter(inputs[name].astype(dtype), is_bias=name == "bias") for name in ("weight", "bias")
    }


def gradients_at(inputs: Numbers, step: int, dtype: str) -> dict[str, np.ndarray]:
    return {name: inputs[f"{name}_gradients"][step].astype(dtype) for name in ("weight", "bias")}


def handgrad_path(
    case: str, inputs: Numbers, dtype: str = "float64", rates: Sequence[float] | None = None
) -> np.ndarray:
    """The 15 numbers of weight and bias after each of the 20 steps: (20, 15)."""
    optimizer, parameters = make_optimizer(case), make_parameters(inputs, dtype)
    state, path = optimizer.init(parameters), []
    for step in range(STEPS):
        rate = None if rates is None else rates[step]
        optimizer.step(parameters, gradients_at(inputs, step, dtype), state, lr=rate)
        path.append(np.concatenate([parameter.value.ravel() for parameter in parameters.values()]))
    return np.array(path)


def torch_path(
    case: str, inputs: Numbers, dtype: str = "float64", rates: Sequence[float] | None = None
) -> np.ndarray:
    """The same, from PyTorch; what only handgrad has as an argument becomes a group of parameters there."""
    import torch

    kind, shared, own = CASES[case]
    tensors = {name: torch.tensor(inputs[name].astype(dtype)) for name in ("weight", "bias")}
    multiplier, bias_group = own.get("bias_lr_multiplier", 1.0), {}
    if not own.get("decay_bias", True):
        bias_group["weight_decay"] = 0.0
    groups = [{"params": [tensors["weight"]]}, {"params": [tensors["bias"]], **bias_group}]
    optimizer = getattr(torch.optim, kind)(groups, **shared)
    base, path = optimizer.defaults["lr"], []
    for step in range(STEPS):
        rate = base if rates is None else rates[step]
        optimizer.param_groups[0]["lr"], optimizer.param_groups[1]["lr"] = rate, rate * multiplier
        for name, gradient in gradients_at(inputs, step, dtype).items():
            tensors[name].grad = torch.tensor(gradient)
        optimizer.step()
        path.append(np.concatenate([tensor.numpy().ravel() for tensor in tensors.values()]))
    return np.array(path)
