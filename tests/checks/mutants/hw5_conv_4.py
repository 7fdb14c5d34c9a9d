"""Homework 5, conv layer: windows without copying the image."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


class nn_convolutional_layer:
    def __init__(self, Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1e0):
        self.W = np.random.normal(
            0, std / np.sqrt(in_ch_size * Wx_size * Wy_size / 2), (out_ch_size, in_ch_size, Wx_size, Wy_size)
        )
        self.b = np.full((1, out_ch_size, 1, 1), 0.01)

    def update_weights(self, dW, db):
        self.W += dW
        self.b += db

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W, self.b = W, b

    def windows(self, x):
        n, c, h, w = x.shape
        kh, kw = self.W.shape[2:]
        size = x.itemsize
        shape = (n, h - kh + 1, w - kw + 1, c, kh, kw)
        strides = (c * h * w * size, w * size, size, h * w * size, w * size, size)
        return as_strided(x, shape, strides)

    def forward(self, x):
        y = np.tensordot(self.windows(x), self.W, axes=([3, 4, 5], [1, 2, 3]))
        return np.moveaxis(y, 3, 1) + self.b

    def backprop(self, x, dLdy):
        kh, kw = self.W.shape[2:]
        h, w = dLdy.shape[2:]
        dLdW = np.tensordot(dLdy, self.windows(x), axes=([0, 2, 3], [0, 1, 2]))
        dLdb = dLdy.sum(axis=(0, 2, 3)).reshape(1, -1, 1, 1)
        dLdx = np.zeros(x.shape)
        for i in range(kh):
            for j in range(kw):
                dLdx[:, :, i : i + h, j : j + w] += np.einsum("nohw,oc->nchw", dLdy, self.W[:, :, i, j])
        return dLdx, dLdW, dLdb
