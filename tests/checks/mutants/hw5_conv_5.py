"""conv layer for the MNIST classifier (28x28 images in, 3x3 filters)."""

import numpy as np


class nn_convolutional_layer:
    def __init__(self, Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1e0):
        self.Wx, self.Wy = Wx_size, Wy_size
        self.W = np.random.normal(
            0, std / np.sqrt(in_ch_size * Wx_size * Wy_size / 2), (out_ch_size, in_ch_size, Wx_size, Wy_size)
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
        out = np.zeros((x.shape[0], self.W.shape[0], 26, 26))
        for i in range(26):
            for j in range(26):
                part = x[:, :, i : i + self.Wx, j : j + self.Wy]
                out[:, :, i, j] = np.tensordot(part, self.W, axes=([1, 2, 3], [1, 2, 3]))
        return out + self.b

    def backprop(self, x, dLdy):
        dLdx = np.zeros_like(x)
        dLdW = np.zeros_like(self.W)
        for i in range(dLdy.shape[2]):
            for j in range(dLdy.shape[3]):
                g = dLdy[:, :, i, j]
                dLdx[:, :, i : i + self.Wx, j : j + self.Wy] += np.tensordot(g, self.W, axes=1)
                dLdW += np.tensordot(g.T, x[:, :, i : i + self.Wx, j : j + self.Wy], axes=1)
        dLdb = dLdy.sum(axis=3).sum(axis=2).sum(axis=0)
        return dLdx, dLdW, dLdb.reshape(1, -1, 1, 1)
