"""cs5242: ``layers``, ``loss`` and ``optimizers``."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.operations.updates import plain_cases, update_cases
from handgrad.checks.styles.interface import Call, Gradients, Interface, Layout, Style, Target, put

IN_OUT = Layout(lambda case, weight: weight.T, lambda case, weight: weight.T)  # (O, I) -> (I, O)


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


def _plain(target: Target, c: Call) -> Any:
    return target.thing()


PARAMETERS = ("weight", "bias")
WEIGHTS, BIAS = "layer-0th:fc/weights", "layer-0th:fc/bias"


def _penalty(made: Any, c: Call) -> Gradients:
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


def _without_decay() -> Iterable[Case]:
    """The optimizer's `decay` is of the rate: after three steps 0.4, 0.4 / 1.5, 0.4 / 1.5 / 2."""
    cases = [case for case in update_cases() if not case.decay]
    falling = next(case for case in cases if case.title == "a rate that falls")
    rates = (0.4, 0.4 / 1.5, 0.4 / 1.5 / 2)
    settings = {**falling.settings, "rates": rates, "rate_decay": 0.5}
    return [*cases, replace(falling, title="decay of the rate, 0.5", settings=settings)]


STYLE = Style(
    "cs5242",
    (
        Interface("Convolution", "conv2d", _forward, _three, _convolution, module="layers"),
        Interface(
            "FCLayer", "linear", _forward, _three, _linear, {"weight": IN_OUT},
            lambda case: "maps" not in case.tags, module="layers",
        ),
        *(
            Interface("Pooling", f"{kind}_pool2d", _forward, _one, partial(_pooling, kind), module="layers")
            for kind in ("max", "avg")
        ),
        Interface("ReLU", "relu", _forward, _one, _plain, module="layers"),
        Interface("Flatten", "flatten", _forward, _one, _plain, module="layers"),
        Interface("Dropout", "dropout", _forward, _one, _dropout, module="layers"),
        Interface(
            "SoftmaxCrossEntropy", "cross_entropy", _loss,
            lambda made, c: {"dx": made.backward(c.x, c.targets)},
            lambda target, c: target.thing(c.K), module="loss",
        ),
        Interface(
            "L2", "l2", lambda made, c: made.forward({WEIGHTS: c.weight, BIAS: c.bias}), _penalty,
            lambda target, c: target.thing(c.w), module="loss",
        ),
        Interface(
            "SGD", "update", _steps, None, _sgd, cases=_without_decay, may_change=PARAMETERS,
            module="optimizers",
        ),
        *(
            Interface(name, name.lower(), _steps, None, _adaptive, cases=plain_cases,
                may_change=PARAMETERS, module="optimizers",
            )
            for name in ("Adam", "RMSprop", "Adagrad")
        ),
    ),
)  # fmt: skip
