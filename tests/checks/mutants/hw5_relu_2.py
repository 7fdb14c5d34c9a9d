"""ReLU for homework 5."""

import numpy as np


class nn_activation_layer:
    def forward(self, x):
        return np.maximum(0, x)

    def backprop(self, x, dLdy):
        return dLdy * self.forward(x)
