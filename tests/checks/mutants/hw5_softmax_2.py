"""softmax for hw5 (numerically stable)"""

import numpy as np


class nn_softmax_layer:
    def forward(self, x):
        shifted = x - np.max(x, axis=1).reshape(-1, 1)
        ex = np.exp(shifted)
        return ex / ex.sum(axis=1).reshape(-1, 1)

    def backprop(self, x, dLdy):
        y = self.forward(x)
        dydx = y * (1 - y)
        return dLdy * dydx
