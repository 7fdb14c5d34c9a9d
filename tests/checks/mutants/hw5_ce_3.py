"""Loss layer: cross entropy."""

import numpy as np


class nn_cross_entropy_layer:
    def __init__(self):
        self.eps = 0

    def forward(self, x, y):
        picked = x[range(x.shape[0]), y]
        return np.mean(-np.log(picked))

    def backprop(self, x, y):
        rows = np.arange(x.shape[0])
        dLdx = np.zeros(x.shape)
        dLdx[rows, y] = -1.0 / x[rows, y]
        return dLdx / x.shape[0]
