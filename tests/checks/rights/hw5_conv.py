"""Convolution layer of hw5, loops over the output."""

import numpy as np


class nn_convolutional_layer:
    def __init__(self, f_height, f_width, input_size, in_ch_size, out_ch_size, std=1e0):
        self.W = np.random.normal(
            0,
            std / np.sqrt(in_ch_size * f_height * f_width / 2),
            (out_ch_size, in_ch_size, f_height, f_width),
        )
        self.b = 0.01 + np.zeros((1, out_ch_size, 1, 1))

    def update_weights(self, dW, db):
        self.W += dW
        self.b += db

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        fh, fw = self.W.shape[2:]
        out = np.zeros((len(x), len(self.W), x.shape[2] - fh + 1, x.shape[3] - fw + 1))
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                patch = x[:, None, :, i : i + fh, j : j + fw]
                out[:, :, i, j] = (patch * self.W).sum(axis=(2, 3, 4))
        return out + self.b

    def backprop(self, x, dLdy):
        fh, fw = self.W.shape[2:]
        dLdx, dLdW = np.zeros(x.shape), np.zeros(self.W.shape)
        for i in range(dLdy.shape[2]):
            for j in range(dLdy.shape[3]):
                g = dLdy[:, :, i, j]
                dLdx[:, :, i : i + fh, j : j + fw] += np.tensordot(g, self.W, axes=(1, 0))
                dLdW += np.tensordot(g, x[:, :, i : i + fh, j : j + fw], axes=(0, 0))
        return dLdx, dLdW, np.sum(dLdy, axis=(0, 2, 3), keepdims=True)
