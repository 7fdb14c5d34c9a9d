"""Softmax with cross entropy loss."""

import numpy as np


class SoftmaxCrossEntropy:
    def __init__(self, num_class):
        self.num_class = num_class

    def softmax(self, inputs):
        e = np.exp(inputs - np.max(inputs, axis=1)[:, None])
        return e / e.sum(axis=1)[:, None]

    def forward(self, inputs, targets):
        probs = self.softmax(inputs)
        loss = 0
        for n, t in enumerate(targets):
            loss += -np.log(probs[n, t] + 1e-12)
        return loss / len(targets), probs

    def backward(self, inputs, targets):
        out_grads = self.softmax(inputs)
        for n, t in enumerate(targets):
            out_grads[n, t] -= 1
        return out_grads
