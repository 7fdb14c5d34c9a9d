"""cs5242: ``layers``, ``loss`` and ``optimizers``."""

from functools import partial
from typing import Any

import numpy as np

from .piece import Call, Gradients, Pass, Target, put

WEIGHTS, BIAS = "layer-0th:fc/weights", "layer-0th:fc/bias"


def _convolution(target: Target, c: Call) -> Any:
    keys = {"kernel_h": c.KH, "kernel_w": c.KW, "pad": c.padding, "stride": c.stride}
    layer = target.thing({**keys, "in_channel": c.C, "out_channel": c.O})
    return put(layer, weights=c.weight, bias=c.bias)


def _linear(target: Target, c: Call) -> Any:
    return put(target.thing(c.I, c.O), weights=c.weight, bias=c.bias)


def _pooling(kind: str, target: Target, c: Call) -> Any:
    sizes = {"pool_height": c.KH, "pool_width": c.KW, "pool_h": c.KH, "pool_w": c.KW}
    return target.thing({"pool_type": kind, **sizes, "stride": c.stride, "pad": c.padding})


def _dropout(target: Target, c: Call) -> Any:
    layer = target.thing(c.p)
    for training in (True, c.training):
        if hasattr(layer, "set_mode"):
            layer.set_mode(training)
        else:
            layer.training = training
        if not c.training and training:
            layer.forward(c.x.copy())  # a mask of training must not reach into evaluation
    return layer


def _plain(target: Target, c: Call) -> Any:
    return target.thing()


def _classes(target: Target, c: Call) -> Any:
    return target.thing(c.K)


def _weighted(target: Target, c: Call) -> Any:
    return target.thing(c.w)


def _forward(made: Any, c: Call) -> Any:
    return made.forward(c.x)


def _one(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.dy, c.x)}


def _three(made: Any, c: Call) -> Gradients:
    dx = made.backward(c.dy, c.x)
    return {"dx": dx, "dweight": made.w_grad, "dbias": made.b_grad}


def _loss(made: Any, c: Call) -> dict[str, Any]:
    found = made.forward(c.x, c.targets)
    return (
        dict(zip(("forward", "probs"), found, strict=True))
        if isinstance(found, tuple)
        else {"forward": found}
    )


def _loss_back(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.x, c.targets)}


def _penalty(made: Any, c: Call) -> Any:
    return made.forward({WEIGHTS: c.weight, BIAS: c.bias})


def _penalty_back(made: Any, c: Call) -> Gradients:
    found = made.backward({WEIGHTS: c.weight, BIAS: c.bias})
    return {"dweight": found[WEIGHTS], "dbias": found[BIAS]}


def _scheduled(rates: tuple[float, ...]) -> dict[str, Any]:
    """The arguments that make a rate change, where it does."""
    return {} if len(set(rates)) == 1 else {"sheduler_func": lambda lr, iteration: rates[int(iteration)]}


def _sgd(target: Target, c: Call) -> Any:
    decay = vars(c).get("rate_decay", 0)
    return target.thing(
        lr=c.rates[0], momentum=c.momentum, **({"decay": decay} if decay else _scheduled(c.rates))
    )


def _adaptive(target: Target, c: Call) -> Any:
    return target.thing(lr=c.rates[0], **_scheduled(c.rates))


def _steps(made: Any, c: Call) -> dict[str, Any]:
    params, path = {WEIGHTS: c.weight, BIAS: c.bias}, []
    for step in range(len(c.rates)):
        grads = {WEIGHTS: c.weight_grads[step], BIAS: c.bias_grads[step]}
        new = made.update(params, grads, step)
        if new is None:
            raise TypeError("update returned None, not the new params")
        params = {name: np.array(value) for name, value in new.items()}
        path.append(dict(params))  # the next step may write into this very dict
    return {name: np.stack([p[key] for p in path]) for name, key in (("weight", WEIGHTS), ("bias", BIAS))}


CONVOLUTION = Pass("Convolution", "conv2d", _forward, _three, _convolution, "layers")
LINEAR = Pass("FCLayer", "linear", _forward, _three, _linear, "layers")
MAX_POOLING = Pass("Pooling", "max_pool2d", _forward, _one, partial(_pooling, "max"), "layers")
AVERAGE_POOLING = Pass("Pooling", "avg_pool2d", _forward, _one, partial(_pooling, "avg"), "layers")
RELU = Pass("ReLU", "relu", _forward, _one, _plain, "layers")
FLATTEN = Pass("Flatten", "flatten", _forward, _one, _plain, "layers")
DROPOUT = Pass("Dropout", "dropout", _forward, _one, _dropout, "layers")
LOSS = Pass("SoftmaxCrossEntropy", "cross_entropy", _loss, _loss_back, _classes, "loss")
PENALTY = Pass("L2", "l2", _penalty, _penalty_back, _weighted, "loss")
SGD = Pass("SGD", "update", _steps, None, _sgd, "optimizers")
ADAM, RMSPROP, ADAGRAD = (
    Pass(name, name.lower(), _steps, None, _adaptive, "optimizers") for name in ("Adam", "RMSprop", "Adagrad")
)

PASSES = (
    CONVOLUTION,
    LINEAR,
    MAX_POOLING,
    AVERAGE_POOLING,
    RELU,
    FLATTEN,
    DROPOUT,
    LOSS,
    PENALTY,
    SGD,
    ADAM,
    RMSPROP,
    ADAGRAD,
)
