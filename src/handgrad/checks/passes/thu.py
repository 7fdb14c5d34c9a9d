"""thu: ``functions``, ``layers`` and ``loss``."""

from typing import Any

import numpy as np

from .piece import Call, Gradients, Pass, Target, named, put


def _convolution(target: Target, c: Call) -> Any:
    return put(target.thing("conv", c.C, c.O, c.KH, c.padding, 0.1), W=c.weight, b=c.bias)


def _linear(target: Target, c: Call) -> Any:
    return put(target.thing("fc", c.I, c.O, 0.1), W=c.weight, b=c.bias)


def _pooling(target: Target, c: Call) -> Any:
    return target.thing("pool", c.KH, c.padding)


def _reshape(target: Target, c: Call) -> Any:
    return target.thing("flatten", (-1, c.x.size // len(c.x)))


def _named(target: Target, c: Call) -> Any:
    return target.thing("layer")


def _forward(made: Any, c: Call) -> Any:
    return made.forward(c.x)


def _one(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.dy)}


def _three(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.dy), "dweight": made.grad_W, "dbias": made.grad_b}


def _convolve(space: Any, c: Call) -> Any:
    return space["conv2d_forward"](c.x, c.weight, c.bias, c.KH, c.padding)


def _convolve_back(space: Any, c: Call) -> Gradients:
    found = space["conv2d_backward"](c.x, c.dy, c.weight, c.bias, c.KH, c.padding)
    return named(("dx", "dweight", "dbias"), found)


def _average(space: Any, c: Call) -> Any:
    return space["avgpool2d_forward"](c.x, c.KH, c.padding)


def _average_back(space: Any, c: Call) -> Gradients:
    return {"dx": space["avgpool2d_backward"](c.x, c.dy, c.KH, c.padding)}


def _loss(made: Any, c: Call) -> Any:
    return made.forward(c.x, c.targets)


def _loss_back(made: Any, c: Call) -> Gradients:
    return {"dx": made.backward(c.x, c.targets)}


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


CONVOLVE = Pass(
    "conv2d_forward", "conv2d", _convolve, _convolve_back, module="functions", partners=("conv2d_backward",)
)
AVERAGE = Pass(
    "avgpool2d_forward",
    "avg_pool2d",
    _average,
    _average_back,
    module="functions",
    partners=("avgpool2d_backward",),
)
RELU = Pass("Relu", "relu", _forward, _one, _named, "layers")
SIGMOID = Pass("Sigmoid", "sigmoid", _forward, _one, _named, "layers")
LINEAR = Pass("Linear", "linear", _forward, _three, _linear, "layers")
CONVOLUTION = Pass("Conv2D", "conv2d", _forward, _three, _convolution, "layers")
POOLING = Pass("AvgPool2D", "avg_pool2d", _forward, _one, _pooling, "layers")
RESHAPE = Pass("Reshape", "flatten", _forward, _one, _reshape, "layers")
LINEAR_UPDATE = Pass("Linear", "update", _steps, None, _learner, "layers")
CONVOLUTION_UPDATE = Pass("Conv2D", "update", _steps, None, _conv_learner, "layers")
EUCLIDEAN = Pass("EuclideanLoss", "euclidean_loss", _loss, _loss_back, _named, "loss")
SOFTMAX = Pass("SoftmaxCrossEntropyLoss", "cross_entropy", _loss, _loss_back, _named, "loss")

PASSES = (
    CONVOLVE,
    AVERAGE,
    RELU,
    SIGMOID,
    LINEAR,
    CONVOLUTION,
    POOLING,
    RESHAPE,
    LINEAR_UPDATE,
    CONVOLUTION_UPDATE,
    EUCLIDEAN,
    SOFTMAX,
)
