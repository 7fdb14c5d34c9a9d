"""nn_fc_layer, homework 5."""

import numpy as np


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = 0.01 + np.zeros(output_size)

    def forward(self, x):
        x_flat = x.reshape(x.shape[0], -1)
        return np.dot(x_flat, self.W.T) + self.b

    def backprop(self, x, dLdy):
        batch_size = x.shape[0]
        x_flat = x.reshape(batch_size, -1)
        dLdx = np.dot(dLdy, self.W).reshape(x.shape)
        dLdW = np.dot(dLdy.T, x_flat) / batch_size
        dLdb = np.sum(dLdy, axis=0) / batch_size
        return dLdx, dLdW, dLdb

    def update_weights(self, dLdW, dLdb):
        self.W = self.W + dLdW
        self.b = self.b + dLdb

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b
