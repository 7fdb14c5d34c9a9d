"""`network` of the course: layers in a row."""

from handgrad._typing import AnyArray, Array
from handgrad.courses.thu.plain_layers import Config, Layer

__all__ = ["Network"]


class Network:
    """Layers one after the other; `layer_list` holds them.

    Example:
        >>> import numpy as np
        >>> from handgrad.courses.thu.layers import Linear
        >>> model = Network()
        >>> model.add(Linear("fc1", 784, 10, 0.01))
        >>> model.forward(np.zeros((2, 784))).shape
        (2, 10)
    """

    def __init__(self) -> None:
        self.layer_list: list[Layer] = []

    @property
    def num_layers(self) -> int:
        """How many layers there are."""
        return len(self.layer_list)

    def add(self, layer: Layer) -> None:
        """Put a layer behind the last one.

        Arguments:
            layer: one of `layers`, or the student's own.
        """
        self.layer_list.append(layer)

    def forward(self, input: AnyArray) -> Array:
        """The output of the last layer.

        Arguments:
            input: n x whatever the first layer takes.
        """
        for layer in self.layer_list:
            input = layer.forward(input)
        return input

    def backward(self, grad_output: AnyArray) -> Array:
        """Let every layer compute its gradients, from the last one to the first.

        Arguments:
            grad_output: what the loss's `backward` returned.

        Returns:
            the gradient with respect to the network's input.
        """
        for layer in reversed(self.layer_list):
            grad_output = layer.backward(grad_output)
        return grad_output

    def update(self, config: Config) -> None:
        """Let every layer that has parameters change them.

        Arguments:
            config: with learning_rate, momentum and weight_decay.
        """
        for layer in self.layer_list:
            if layer.trainable:
                layer.update(config)
