"""ReLU whose gradient at zero is zero."""

import numpy as np


class ReLU:
    def __init__(self, name="relu"):
        self.name = name

    def forward(self, inputs):
        return (np.abs(inputs) + inputs) / 2

    def backward(self, in_grads, inputs):
        return (np.sign(inputs) > 0) * in_grads
