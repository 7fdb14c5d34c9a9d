"""L2 regularization."""

import numpy as np


class L2:
    def __init__(self, w=0.01):
        self.w = w

    def forward(self, params):
        loss = 0
        for k, v in params.items():
            if "weights" in k:
                loss += 0.5 * self.w * np.sum(v**2)
        return loss

    def backward(self, params):
        return {k: self.w * v for k, v in params.items()}
