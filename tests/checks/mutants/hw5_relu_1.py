"""Activation layer (ReLU)."""

import numpy as np


class nn_activation_layer:
    def __init__(self):
        pass

    def forward(self, x):
        return np.where(x > 0, x, 0)

    def backprop(self, x, dLdy):
        dLdx = dLdy
        dLdx[x <= 0] = 0
        return dLdx
