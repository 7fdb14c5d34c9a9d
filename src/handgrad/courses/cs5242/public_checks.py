"""How the public checks of cs5242 call what the student wrote, and which results they look at."""

from typing import Any

import numpy as np


def convolution(modules: Any, weights: Any, bias: Any, stride: Any, pad: Any) -> Any:
    """A convolution with these weights."""
    out_channel, in_channel, kernel_h, kernel_w = weights.shape
    sizes = {"kernel_h": kernel_h, "kernel_w": kernel_w, "in_channel": in_channel, "out_channel": out_channel}
    layer = modules["layers"].Convolution({**sizes, "stride": stride, "pad": pad})
    layer.weights, layer.bias = weights, bias
    return layer


def fully_connected(modules: Any, weights: Any, bias: Any) -> Any:
    """A fully connected layer with these weights."""
    layer = modules["layers"].FCLayer(*weights.shape)
    layer.weights, layer.bias = weights, bias
    return layer


def pooling(modules: Any, pool_type: Any, sides: Any, stride: Any) -> Any:
    """A pooling layer."""
    sizes = {"pool_height": int(sides[0]), "pool_width": int(sides[1]), "stride": stride, "pad": 0}
    return modules["layers"].Pooling({"pool_type": pool_type, **sizes})


def gradients(layer: Any, in_grads: Any, inputs: Any) -> Any:
    """All three of a backward pass."""
    out_grads = layer.backward(in_grads, inputs)
    return {"out_grads": out_grads, "w_grad": layer.w_grad, "b_grad": layer.b_grad}


def convolution_forward(modules: Any, inputs: Any, **settings: Any) -> Any:
    """The convolved maps."""
    return {"outputs": convolution(modules, **settings).forward(inputs)}


def convolution_backward(modules: Any, in_grads: Any, inputs: Any, **settings: Any) -> Any:
    """All three gradients."""
    return gradients(convolution(modules, **settings), in_grads, inputs)


def fc_forward(modules: Any, inputs: Any, **settings: Any) -> Any:
    """Weighted sums."""
    return {"outputs": fully_connected(modules, **settings).forward(inputs)}


def fc_backward(modules: Any, in_grads: Any, inputs: Any, **settings: Any) -> Any:
    """All three gradients."""
    return gradients(fully_connected(modules, **settings), in_grads, inputs)


def pooling_forward(modules: Any, inputs: Any, **settings: Any) -> Any:
    """The pooled maps."""
    return {"outputs": pooling(modules, **settings).forward(inputs)}


def pooling_backward(modules: Any, in_grads: Any, inputs: Any, **settings: Any) -> Any:
    """What arrives at the inputs."""
    return {"out_grads": pooling(modules, **settings).backward(in_grads, inputs)}


def dropout_forward(modules: Any, ratio: Any, rows: Any) -> Any:
    """What is random is looked at from afar: which values there are, and how many are kept."""
    layer, ones = modules["layers"].Dropout(ratio, seed=7), np.ones((rows, 100))
    layer.set_mode(True)
    training = np.asarray(layer.forward(ones))
    values = np.unique(training)
    layer.set_mode(False)
    testing = layer.forward(np.arange(6.0).reshape(2, 3))
    return {
        "the smallest and the largest of the outputs while training, of inputs of 1": values[[0, -1]],
        "how many values there are beyond 0": np.sum(values > 0),
        "the share that is kept": np.round(np.mean(training != 0), 1),
        "outputs while testing": testing,
    }


def dropout_backward(modules: Any, ratio: Any, rows: Any) -> Any:
    """The gradient goes where the outputs were kept."""
    layer, ones = modules["layers"].Dropout(ratio, seed=7), np.ones((rows, 100))
    layer.set_mode(True)
    outputs = np.asarray(layer.forward(ones))
    out_grads = np.asarray(layer.backward(2 * ones, ones))
    alike = (out_grads != 0) & (np.abs(out_grads - 2 * outputs) < 1e-9)
    return {
        "the largest of the gradients while training, of gradients of 2": np.max(out_grads),
        "the share that passes where the outputs were kept": np.round(np.mean(alike), 1),
    }


def loss_forward(modules: Any, inputs: Any, targets: Any) -> Any:
    """Loss and probabilities."""
    loss, probs = modules["loss"].SoftmaxCrossEntropy(inputs.shape[1]).forward(inputs, targets)
    return {"loss": loss, "probs": probs}


def loss_backward(modules: Any, inputs: Any, targets: Any) -> Any:
    """The gradient of the mean loss."""
    return {"out_grads": modules["loss"].SoftmaxCrossEntropy(inputs.shape[1]).backward(inputs, targets)}


def steps(modules: Any, kind: Any, weights: Any, bias: Any, grads: Any, settings: Any) -> Any:
    """The parameters after several updates."""
    names = ("layer-0th:fc/weights", "layer-0th:fc/bias")
    params = {names[0]: weights, names[1]: bias}
    optimizer = getattr(modules["optimizers"], kind)(**settings)
    for iteration, grad in enumerate(grads):
        given = {names[0]: np.array(grad), names[1]: np.array(grad[0])}
        params = optimizer.update(dict(params), given, iteration)
    return {"weights": params[names[0]], "bias": params[names[1]]}


CALLS = {
    "layers:Convolution.forward": convolution_forward,
    "layers:Convolution.backward": convolution_backward,
    "layers:FCLayer.forward": fc_forward,
    "layers:FCLayer.backward": fc_backward,
    "layers:Pooling.forward": pooling_forward,
    "layers:Pooling.backward": pooling_backward,
    "layers:Dropout.forward": dropout_forward,
    "layers:Dropout.backward": dropout_backward,
    "loss:SoftmaxCrossEntropy.forward": loss_forward,
    "loss:SoftmaxCrossEntropy.backward": loss_backward,
    "optimizers:SGD.update": steps,
    "optimizers:Adam.update": steps,
}
