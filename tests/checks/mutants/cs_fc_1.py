"""FCLayer."""

import numpy as np


class FCLayer:
    def __init__(self, in_features, out_features, name="fclayer", initializer=None):
        self.name = name
        self.trainable = True
        self.weights = np.random.normal(0, 0.1, (in_features, out_features))
        self.bias = np.random.normal(0, 0.1, out_features)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def forward(self, inputs):
        return np.dot(inputs, self.weights) + self.bias

    def backward(self, in_grads, inputs):
        outs = self.weights.shape[1]
        flat_in = inputs.reshape(-1, self.weights.shape[0])
        flat_grads = in_grads.reshape(-1, outs)
        self.w_grad = flat_in.T.dot(flat_grads)
        self.b_grad = flat_grads.sum(axis=0)
        return np.dot(in_grads, self.weights.reshape(outs, -1))
