"""hw5: FC layer."""

import numpy as np


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.n_in, self.n_out = input_size, output_size
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = 0.01 + np.zeros((output_size))

    def forward(self, x):
        flat = np.reshape(x, (x.shape[0], self.n_in))
        w = np.reshape(self.W, (self.n_in, self.n_out))
        return flat @ w + self.b

    def backprop(self, x, dLdy):
        flat = np.reshape(x, (x.shape[0], self.n_in))
        w = np.reshape(self.W, (self.n_in, self.n_out))
        dLdW = np.reshape(flat.T @ dLdy, self.W.shape)
        dLdb = dLdy.sum(0)
        dLdx = np.reshape(dLdy @ w.T, x.shape)
        return dLdx, dLdW, dLdb

    def update_weights(self, dLdW, dLdb):
        self.W = self.W + dLdW
        self.b = self.b + dLdb

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b
