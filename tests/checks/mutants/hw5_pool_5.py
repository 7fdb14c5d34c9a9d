"""Max pooling, 2x2 like in the CNN of the figure."""

import numpy as np


class nn_max_pooling_layer:
    def __init__(self, stride, pool_size):
        self.stride = stride
        self.pool_size = pool_size

    def forward(self, x):
        n, c, h, w = x.shape
        s = self.stride
        out_h, out_w = (h - self.pool_size) // s + 1, (w - self.pool_size) // s + 1
        y = np.zeros((n, c, out_h, out_w))
        for i in range(out_h):
            for j in range(out_w):
                y[:, :, i, j] = np.max(x[:, :, i * s : i * s + 2, j * s : j * s + 2], axis=(2, 3))
        return y

    def backprop(self, x, dLdy):
        s = self.stride
        dLdx = np.zeros(x.shape)
        n, c = np.indices(x.shape[:2])
        for i in range(dLdy.shape[2]):
            for j in range(dLdy.shape[3]):
                window = x[:, :, i * s : i * s + 2, j * s : j * s + 2]
                spot = window.reshape(x.shape[0], x.shape[1], -1).argmax(axis=2)
                dLdx[n, c, i * s + spot // 2, j * s + spot % 2] += dLdy[:, :, i, j]
        return dLdx
