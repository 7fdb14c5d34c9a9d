"""Cross entropy with a small number added inside the log."""

import numpy as np


class nn_cross_entropy_layer:
    def __init__(self):
        self.eps = 1e-10

    def forward(self, x, y):
        total = 0.0
        for i in range(x.shape[0]):
            total += np.log(x[i, int(y[i])] + self.eps)
        return -total / x.shape[0]

    def backprop(self, x, y):
        grad = np.zeros(x.shape)
        for i in range(x.shape[0]):
            k = int(y[i])
            grad[i, k] = -1 / (x.shape[0] * (x[i, k] + self.eps))
        return grad
