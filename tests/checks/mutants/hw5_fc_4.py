"""FC layer with preallocated output (faster, no allocation for every batch)."""

import numpy as np


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = np.full(output_size, 0.01)
        self.y = np.zeros((0, output_size))

    def forward(self, x):
        n = len(x)
        if len(self.y) != n:
            self.y = np.zeros((n, len(self.b)))
        np.matmul(x.reshape(n, -1), self.W.T, out=self.y)
        self.y += self.b
        return self.y

    def backprop(self, x, dLdy):
        flat = x.reshape(len(x), -1)
        return (dLdy @ self.W).reshape(x.shape), dLdy.T @ flat, dLdy.sum(axis=0)

    def update_weights(self, dLdW, dLdb):
        self.W = self.W + dLdW
        self.b = self.b + dLdb

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W, self.b = W, b
