"""layers.py: Sigmoid."""

import numpy as np


class Layer:
    def __init__(self, name, trainable=False):
        self.name = name
        self.trainable = trainable
        self._saved_tensor = None

    def _saved_for_backward(self, tensor):
        self._saved_tensor = tensor


class Sigmoid(Layer):
    def __init__(self, name):
        super().__init__(name)

    def forward(self, input):
        self._saved_for_backward(input)
        return 1 / (1 + np.exp(-input))

    def backward(self, grad_output):
        s = self._saved_tensor
        return grad_output * s * (1 - s)
