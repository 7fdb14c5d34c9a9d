"""Cross entropy loss on probabilities, hw5."""

import numpy as np


class nn_cross_entropy_layer:
    def forward(self, x, y):
        loss = 0.0
        for i in range(len(y)):
            loss -= np.log(x[i, y[i]] + 1e-15)
        return loss / len(y)

    def backprop(self, x, y):
        dLdx = np.zeros_like(x)
        for i in range(len(y)):
            dLdx[i, y[i]] = -1 / (x[i, y[i]] + 1e-15)
        return dLdx
