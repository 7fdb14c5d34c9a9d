"""Fully connected layer, numpy.dot."""

import numpy as np


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = 0.01 + np.zeros(output_size)

    def forward(self, x):
        self.x_shape = x.shape
        return (self.W.dot(x.reshape(len(x), -1).T) + self.b[:, None]).T

    def backprop(self, x, dLdy):
        dLdx = (self.W.T.dot(dLdy.T)).T.reshape(x.shape)
        dLdW = dLdy.T.dot(x.reshape(len(x), -1))
        return dLdx, dLdW, dLdy.T.dot(np.ones(len(x)))

    def update_weights(self, dLdW, dLdb):
        self.W = self.W + dLdW
        self.b = self.b + dLdb

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b
