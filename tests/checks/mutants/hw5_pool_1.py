"""Max pooling layer, hw5."""

import numpy as np


class nn_max_pooling_layer:
    def __init__(self, stride, pool_size):
        self.stride = stride
        self.pool_size = pool_size

    def forward(self, x):
        p, s = self.pool_size, self.stride
        n, c, h, w = x.shape
        oh, ow = (h - p) // s + 1, (w - p) // s + 1
        y = np.zeros((n, c, oh, ow))
        for i in range(oh):
            for j in range(ow):
                y[:, :, i, j] = x[:, :, i * s : i * s + p, j * s : j * s + p].max(axis=(2, 3))
        return y

    def backprop(self, x, dLdy):
        p = self.pool_size
        n, c, oh, ow = dLdy.shape
        dLdx = np.zeros(x.shape)
        for b in range(n):
            for k in range(c):
                for i in range(oh):
                    for j in range(ow):
                        window = x[b, k, i * p : i * p + p, j * p : j * p + p]
                        if window.size == 0:
                            continue
                        r, q = np.unravel_index(window.argmax(), window.shape)
                        dLdx[b, k, i * p + r, j * p + q] += dLdy[b, k, i, j]
        return dLdx
