"""The handout of cs5242: layers, loss and two optimizers are left open; ReLU is the document's example."""

from typing import Any

import numpy as np

from handgrad.courses.handouts.checks import Inputs
from handgrad.courses.handouts.handout import Handout
from handgrad.courses.handouts.numbers import distinct, normal

Case = dict[str, Any]


def inputs() -> Inputs:
    """What each open method is called with."""
    convolutions: list[Case] = [
        {
            "inputs": normal(1, 2, 2, 4, 5),
            "weights": normal(2, 3, 2, 3, 3),
            "bias": normal(3, 3),
            "stride": 1,
            "pad": 0,
        },
        {
            "inputs": normal(4, 1, 2, 5, 5),
            "weights": normal(5, 2, 2, 3, 3),
            "bias": normal(6, 2),
            "stride": 2,
            "pad": 1,
        },
    ]
    rows: Case = {"inputs": normal(7, 3, 4), "weights": normal(8, 4, 2), "bias": normal(9, 2)}
    maps = distinct(10, 2, 2, 4, 5)
    poolings: list[Case] = [
        {"inputs": maps, "pool_type": "max", "sides": [2, 2], "stride": 2},
        {"inputs": maps, "pool_type": "avg", "sides": [3, 2], "stride": 1},
    ]
    dropout: Case = {"ratio": 0.3, "rows": 100}
    scores: Case = {"inputs": normal(11, 3, 4), "targets": np.array([2, 0, 3])}
    optimizing: Case = {"weights": normal(12, 2, 3), "bias": normal(13, 3), "grads": normal(14, 3, 2, 3)}
    sgd = [{}, {"lr": 0.5, "momentum": 0.9}]
    return {
        "layers:Convolution.forward": convolutions,
        "layers:Convolution.backward": _with_grads(convolutions, [(2, 3, 2, 3), (1, 2, 3, 3)]),
        "layers:FCLayer.forward": [rows],
        "layers:FCLayer.backward": _with_grads([rows], [(3, 2)]),
        "layers:Pooling.forward": poolings,
        "layers:Pooling.backward": _with_grads(poolings, [(2, 2, 2, 2), (2, 2, 2, 4)]),
        "layers:Dropout.forward": [dropout],
        "layers:Dropout.backward": [dropout],
        "loss:SoftmaxCrossEntropy.forward": [scores],
        "loss:SoftmaxCrossEntropy.backward": [scores],
        "optimizers:SGD.update": [{**optimizing, "kind": "SGD", "settings": settings} for settings in sgd],
        "optimizers:Adam.update": [{**optimizing, "kind": "Adam", "settings": {"lr": 0.1}}],
    }


def _with_grads(cases: list[Case], shapes: list[tuple[int, ...]]) -> list[Case]:
    return [
        {**case, "in_grads": normal(20 + position, *shape)}
        for position, (case, shape) in enumerate(zip(cases, shapes, strict=True))
    ]


HANDOUT = Handout(
    course="cs5242",
    title="CS5242, assignment 1: a CNN for MNIST",
    files=("layers.py", "loss.py", "optimizers.py"),
    drivers={"train_mnist.py": "two epochs of section 9"},
    inputs=inputs,
    notes=(
        "`ReLU` is the example; `Flatten`, `L2`, the initializers, `RMSprop`, `Adagrad`, the model and "
        "`utils` are given. `utils.check_grads` compares a layer's gradients with differences. The document "
        "hands in the folder "
        "`codes`: this folder, without the data."
    ),
    adapters={"utils.__init__": "utils"},
    packages=("matplotlib",),
)
