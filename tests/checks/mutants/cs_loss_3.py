"""loss.py, assignment 1."""

import numpy as np


class SoftmaxCrossEntropy:
    def __init__(self, num_class):
        self.num_class = num_class

    def probs(self, inputs):
        exps = np.exp(inputs - np.max(inputs, axis=0))
        return exps / np.sum(exps, axis=0)

    def forward(self, inputs, targets):
        p = self.probs(inputs)
        picked = p[np.arange(inputs.shape[0]), targets]
        return -np.mean(np.log(np.maximum(picked, 1e-12))), p

    def backward(self, inputs, targets):
        p = self.probs(inputs)
        p[np.arange(inputs.shape[0]), targets] -= 1
        return p / inputs.shape[0]
