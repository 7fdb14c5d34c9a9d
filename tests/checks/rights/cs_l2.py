"""L2 penalty, weights only."""

import numpy as np


class L2:
    def __init__(self, w=0.01):
        self.w = w

    def forward(self, params):
        return self.w / 2 * sum(np.vdot(v, v) for k, v in params.items() if not k.endswith("bias"))

    def backward(self, params):
        grads = {}
        for k, v in params.items():
            grads[k] = np.zeros(v.shape) if k.endswith("bias") else v * self.w
        return grads
