"""SoftmaxCrossEntropy of loss.py."""

import numpy as np


class SoftmaxCrossEntropy:
    def __init__(self, num_class):
        self.num_class = num_class

    def forward(self, inputs, targets):
        shifted = inputs - inputs.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        loss = -log_probs[np.arange(len(targets)), targets].mean()
        return loss, np.exp(log_probs)

    def backward(self, inputs, targets):
        batch = inputs.shape[0]
        _, probs = self.forward(inputs, targets)
        onehot = np.eye(self.num_class)[targets]
        grads = (probs - onehot) / batch
        return grads / batch
