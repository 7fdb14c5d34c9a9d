"""The course's own classes with the weights of one of the library's networks."""

import numpy as np

from handgrad import nn
from handgrad.courses.thu.layers import AvgPool2D, Conv2D, Layer, Linear, Relu, Reshape, Sigmoid
from handgrad.courses.thu.network import Network
from handgrad.errors import ArgumentError


def course_network(network: nn.Sequential) -> Network:
    """The same network in the course's classes: float64, W of a linear layer transposed.

    Arguments:
        network: of the kinds of layers that the course has.

    Returns:
        a `Network` with copies of the weights.

    Raises:
        ArgumentError: a layer that the course does not have.

    Example:
        >>> from handgrad import Flatten, Linear, Sequential
        >>> net = Sequential([Flatten(), Linear(4, 2)], seed=0, dtype=np.float64, input_shape=(1, 2, 2))
        >>> x = np.ones((3, 1, 2, 2))
        >>> np.array_equal(course_network(net).forward(x), net.forward(x)[0])
        True
    """
    model = Network()
    for position, layer in enumerate(network):
        following = network[position + 1] if position + 1 < len(network) else None
        model.add(_twin(layer, f"{type(layer).__name__.lower()}{position}", following))
    return model


def _twin(layer: nn.Layer, name: str, following: nn.Layer | None) -> Layer:
    if isinstance(layer, nn.Conv2d) and isinstance(layer.padding, int) and layer.bias is not None:
        W, b = layer.weight.value, layer.bias.value
        convolution = Conv2D(name, W.shape[1], len(W), W.shape[-1], layer.padding, init_std=0.0)
        convolution.W, convolution.b = W.astype(np.float64), b.astype(np.float64)
        return convolution
    if isinstance(layer, nn.Linear) and layer.bias is not None:
        W, b = layer.weight.value.T, layer.bias.value  # (O, I) -> (I, O)
        linear = Linear(name, W.shape[0], W.shape[1], init_std=0.0)
        linear.W, linear.b = W.astype(np.float64), b.astype(np.float64)
        return linear
    if isinstance(layer, nn.AvgPool2d) and isinstance(layer.kernel_size, int):
        return AvgPool2D(name, layer.kernel_size, 0)
    if isinstance(layer, nn.Flatten) and isinstance(following, nn.Linear):
        return Reshape(name, (-1, following.weight.value.shape[1]))
    if isinstance(layer, nn.ReLU):
        return Relu(name)
    if isinstance(layer, nn.Sigmoid):
        return Sigmoid(name)
    raise ArgumentError("course_network", expected="a layer that the course has", got=repr(layer))
