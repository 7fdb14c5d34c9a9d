"""What the course's layers share."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.errors import ShapeError

Params: TypeAlias = dict[str, Array]
"""Parameters, or their gradients, by names such as "layer-0th:conv1/weights"."""


class Layer:
    """The base of the course's layers.

    Arguments:
        name: what its parameters' names contain.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.training = True
        self.trainable = False

    def forward(self, inputs: AnyArray) -> Array:
        """The outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(inputs)")

    def backward(self, in_grads: AnyArray, inputs: AnyArray) -> Array:
        """The derivative of the loss with respect to inputs, from that with respect to the outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not define backward(in_grads, inputs)")

    def set_mode(self, training: bool) -> None:
        """Train (True) or test (False): dropout differs."""
        self.training = training

    def set_trainable(self, trainable: bool) -> None:
        """Whether the parameters are to be learnt."""
        self.trainable = trainable

    def get_params(self, prefix: str) -> tuple[Params, Params]:
        """Parameters and their gradients.

        Arguments:
            prefix: of their names.

        Returns:
            two dictionaries with the keys ``prefix:name/weights`` and ``prefix:name/bias``; empty ones where
            there is nothing to learn.
        """
        return {}, {}

    def update(self, params: Mapping[str, Array]) -> None:
        """Take over new parameters, under the names that `get_params` gave them."""


class Weighted(Layer):
    """What `Convolution` and `FCLayer` share: weights, a bias and their gradients."""

    weights: Array
    bias: Array
    w_grad: Array
    b_grad: Array

    def begin(self, weights: Array, bias: Array) -> None:
        """Take first values, and gradients of zeros."""
        self.trainable = True
        self.weights, self.bias = weights, bias
        self.w_grad, self.b_grad = np.zeros(weights.shape), np.zeros(bias.shape)

    def get_params(self, prefix: str) -> tuple[Params, Params]:
        """Parameters and their gradients by name; empty where they are not to be learnt."""
        if not self.trainable:
            return {}, {}
        weights, bias = f"{prefix}:{self.name}/weights", f"{prefix}:{self.name}/bias"
        return {weights: self.weights, bias: self.bias}, {weights: self.w_grad, bias: self.b_grad}

    def update(self, params: Mapping[str, Array]) -> None:
        """Take over the arrays whose names contain "weights" and "bias".

        Raises:
            ShapeError: one has not its predecessor's shape.
        """
        for key, value in params.items():
            name = "weights" if "weights" in key else "bias"
            old = self.weights if name == "weights" else self.bias
            if np.shape(value) != old.shape:
                raise ShapeError(
                    f"{self.name}.update", expected=f"{name} of shape {old.shape}", got=str(np.shape(value))
                )
            setattr(self, name, np.asarray(value))
