"""Fully connected layer (loops over the batch first, then stacked)."""

import numpy as np


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = np.zeros(output_size) + 0.01

    def forward(self, x):
        y = []
        for sample in x:
            y.append(self.W @ sample.flatten() + self.b)
        return np.array(y)

    def backprop(self, x, dLdy):
        dLdx = np.array([self.W.T @ d for d in dLdy]).reshape(x.shape)
        dLdW = np.zeros_like(self.W)
        for sample, d in zip(x, dLdy):
            dLdW += np.outer(d, sample.flatten())
        dLdb = np.sum(dLdy, axis=1)
        return dLdx, dLdW, dLdb

    def update_weights(self, dLdW, dLdb):
        self.W = self.W + dLdW
        self.b = self.b + dLdb

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W, self.b = W, b
