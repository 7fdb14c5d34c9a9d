"""hw5: ``nn_layers.py`` and the classifier of ``hw5.py``."""

from typing import Any

import numpy as np

from .piece import Call, Pass, Target, named, put

AFFINE = ("dx", "dweight", "dbias")


def _weights(layer: Any, call: Call) -> Any:
    if hasattr(layer, "set_weights"):
        layer.set_weights(call.weight, call.bias)
        return layer
    return put(layer, W=call.weight, b=call.bias)


def _convolution(target: Target, c: Call) -> Any:
    return _weights(target.thing(c.KH, c.KW, c.H, c.C, c.O), c)


def _pooling(target: Target, c: Call) -> Any:
    return target.thing(c.stride, c.KH)


def _linear(target: Target, c: Call) -> Any:
    return _weights(target.thing(c.I, c.O), c)


def _plain(target: Target, c: Call) -> Any:
    return target.thing()


def _forward(made: Any, c: Call) -> Any:
    return made.forward(c.x)


def _three(made: Any, c: Call) -> dict[str, Any]:
    return named(AFFINE, made.backprop(c.x, c.dy))


def _one(made: Any, c: Call) -> dict[str, Any]:
    return {"dx": made.backprop(c.x, c.dy)}


def _loss(made: Any, c: Call) -> Any:
    return made.forward(c.x, c.targets)


def _loss_back(made: Any, c: Call) -> dict[str, Any]:
    return {"dx": made.backprop(c.x, c.targets)}


def _classifier(target: Target, c: Call) -> Any:
    net = target.thing(c.momentum, c.lr)
    for layer, index in ((net.conv_layer_1, 1), (net.fc1, 2), (net.fc2, 3)):
        W, b = getattr(c, f"W{index}"), getattr(c, f"b{index}")
        _weights(layer, Call(weight=W, bias=b.reshape(np.shape(layer.b))))
    return net


def _train(net: Any, c: Call) -> dict[str, Any]:
    found: dict[str, Any] = {}
    path: dict[str, list[Any]] = {"W1": [], "b1": [], "W3": [], "b3": []}
    for step in range(c.steps):
        scores, loss = net.forward(c.x, c.targets, backprop_req=True)
        if step == 0:
            found = {"scores": np.array(scores), "forward": loss}
        net.backprop()
        net.update_weights()
        for layer, index in ((net.conv_layer_1, 1), (net.fc2, 3)):
            path[f"W{index}"].append(np.array(layer.W))
            path[f"b{index}"].append(np.array(layer.b).reshape(-1))
    return {**found, **{name: np.stack(values) for name, values in path.items()}}


LAYERS = "nn_layers"
CONVOLUTION = Pass("nn_convolutional_layer", "conv2d", _forward, _three, _convolution, LAYERS)
POOLING = Pass("nn_max_pooling_layer", "max_pool2d", _forward, _one, _pooling, LAYERS)
ACTIVATION = Pass("nn_activation_layer", "relu", _forward, _one, _plain, LAYERS)
LINEAR = Pass("nn_fc_layer", "linear", _forward, _three, _linear, LAYERS)
SOFTMAX = Pass("nn_softmax_layer", "softmax", _forward, _one, _plain, LAYERS)
LOSS = Pass("nn_cross_entropy_layer", "probability_cross_entropy", _loss, _loss_back, _plain, LAYERS)
CLASSIFIER = Pass("nn_mnist_classifier", "classifier", _train, None, _classifier, "hw5")

PASSES = (CONVOLUTION, POOLING, ACTIVATION, LINEAR, SOFTMAX, LOSS, CLASSIFIER)
