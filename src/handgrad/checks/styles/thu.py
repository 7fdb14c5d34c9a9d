"""thu: ``functions``, ``layers`` and ``loss``."""

from typing import Any

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.operations.updates import update_cases
from handgrad.checks.styles.cs5242 import IN_OUT, PARAMETERS
from handgrad.checks.styles.interface import (
    Call,
    Gradients,
    Interface,
    Layout,
    Style,
    Target,
    put,
    rows_only,
    square,
)

ONE_HOT = Layout(
    lambda case, targets: np.eye(case.x.shape[1])[targets],  # (N,) -> (N, K)
    lambda case, targets: targets.argmax(axis=1),
)


def _convolves(case: Case) -> bool:
    return square(case) and case.stride == 1


def _pools(case: Case) -> bool:
    return square(case) and case.stride == case.kernel_size[0]


def _convolution(target: Target, c: Call) -> Any:
    return put(target.thing("conv", c.C, c.O, c.KH, c.padding, 0.1), W=c.weight, b=c.bias)


def _linear(target: Target, c: Call) -> Any:
    return put(target.thing("fc", c.I, c.O, 0.1), W=c.weight, b=c.bias)


def _named(target: Target, c: Call) -> Any:
    return target.thing("layer")


def _forward(made: Any, c: Call) -> Any:
    return made.forward(c.x)


def _one(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.dy)}


def _three(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.dy), "dweight": made.grad_W, "dbias": made.grad_b}


def _functions_backward(space: Any, c: Call) -> Gradients:
    found = space["conv2d_backward"](c.x, c.dy, c.weight, c.bias, c.KH, c.padding)
    return dict(zip(("dx", "dweight", "dbias"), found, strict=True))


def _loss(name: str, operation: str, layouts: dict[str, Layout]) -> Interface:
    return Interface(
        name,
        operation,
        lambda made, c: made.forward(c.x, c.targets),
        lambda made, c: {"dx": made.backward(c.x, c.targets)},
        _named,
        layouts,
        module="loss",
    )


def _steps(made: Any, c: Call) -> dict[str, Any]:
    path: dict[str, list[Any]] = {"weight": [], "bias": []}
    for step, rate in enumerate(c.rates):
        made.grad_W, made.grad_b = c.weight_grads[step].copy(), c.bias_grads[step].copy()
        made.update({"learning_rate": rate, "momentum": c.momentum, "weight_decay": c.decay})
        path["weight"].append(np.array(made.W))
        path["bias"].append(np.array(made.b))
    return {name: np.stack(values) for name, values in path.items()}


def _learner(target: Target, c: Call) -> Any:
    return put(target.thing("fc", *c.weight.shape, 0.1), W=c.weight, b=c.bias)


def _conv_learner(target: Target, c: Call) -> Any:
    layer = target.thing("conv", 1, 3, 1, 0, 0.1)
    layer.W, layer.b = c.weight, c.bias
    for name, array in (("diff_W", c.weight), ("diff_b", c.bias)):
        if hasattr(layer, name):
            setattr(layer, name, np.zeros(array.shape))
    return layer


STYLE = Style(
    "thu",
    (
        Interface(
            "conv2d_forward", "conv2d",
            lambda space, c: space["conv2d_forward"](c.x, c.weight, c.bias, c.KH, c.padding),
            _functions_backward, fits=_convolves, partners=("conv2d_backward",), module="functions",
        ),
        Interface(
            "avgpool2d_forward", "avg_pool2d",
            lambda space, c: space["avgpool2d_forward"](c.x, c.KH, c.padding),
            lambda space, c: {"dx": space["avgpool2d_backward"](c.x, c.dy, c.KH, c.padding)},
            fits=_pools, partners=("avgpool2d_backward",), module="functions",
        ),
        Interface("Relu", "relu", _forward, _one, _named, module="layers"),
        Interface("Sigmoid", "sigmoid", _forward, _one, _named, module="layers"),
        Interface(
            "Linear", "linear", _forward, _three, _linear, {"weight": IN_OUT}, rows_only, module="layers"
        ),
        Interface("Conv2D", "conv2d", _forward, _three, _convolution, fits=_convolves, module="layers"),
        Interface(
            "AvgPool2D", "avg_pool2d", _forward, _one,
            lambda target, c: target.thing("pool", c.KH, c.padding), fits=_pools, module="layers",
        ),
        Interface(
            "Reshape", "flatten", _forward, _one,
            lambda target, c: target.thing("flatten", (-1, c.x.size // len(c.x))), module="layers",
        ),
        *(
            Interface(
                name, "update", _steps, None, learner, cases=update_cases, may_change=PARAMETERS,
                module="layers",
            )
            for name, learner in (("Linear", _learner), ("Conv2D", _conv_learner))
        ),
        _loss("EuclideanLoss", "euclidean_loss", {}),
        _loss("SoftmaxCrossEntropyLoss", "cross_entropy", {"targets": ONE_HOT}),
    ),
)  # fmt: skip
