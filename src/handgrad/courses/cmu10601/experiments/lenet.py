"""LeNet and its protocol as the course's test script has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from handgrad.courses.cmu10601.network import Params, init_convnet

SEED = 0

PROTOCOL: dict[str, Any] = {
    "batch_size": 64,
    "mu": 0.9,
    "epsilon": 0.01,
    "w_lr": 1,
    "b_lr": 2,
    "gamma": 0.0001,
    "power": 0.75,
    "decay": 0.0005,
    "max_iter": 10000,
    "display_interval": 100,
    "test_interval": 500,
}


def lenet_layers(batch_size: int = 64) -> dict[int, dict[str, Any]]:
    """The eight layers of table 2, the last three of which are one."""
    return {
        1: {"type": "DATA", "height": 28, "width": 28, "channel": 1, "batch_size": batch_size},
        2: {"type": "CONV", "num": 20, "k": 5, "stride": 1, "pad": 0, "group": 1},
        3: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
        4: {"type": "CONV", "num": 50, "k": 5, "stride": 1, "pad": 0, "group": 1},
        5: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
        6: {"type": "IP", "num": 500, "init_type": "uniform"},
        7: {"type": "RELU"},
        8: {"type": "LOSS", "num": 10},
    }


def first_params(layers: dict[int, dict[str, Any]]) -> Params:
    """What ``init_convnet`` draws after ``np.random.seed(0)``; the global generator is put back."""
    before = np.random.get_state()
    np.random.seed(SEED)
    params = init_convnet(layers)
    np.random.set_state(before)
    return params
