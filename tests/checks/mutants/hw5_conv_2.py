"""CNN homework, convolution with np.dot on unrolled windows."""

import numpy as np


def unroll(x, kx, ky):
    n, c, h, w = x.shape
    oh, ow = h - kx + 1, w - ky + 1
    cols = np.zeros((n, oh, ow, c, kx, ky))
    for i in range(oh):
        for j in range(ow):
            cols[:, i, j] = x[:, :, i : i + kx, j : j + ky]
    return cols.reshape(n, oh, ow, c * kx * ky)


class nn_convolutional_layer:
    def __init__(self, Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1e0):
        fan = in_ch_size * Wx_size * Wy_size
        self.W = np.random.normal(0, std / np.sqrt(fan / 2), (out_ch_size, in_ch_size, Wx_size, Wy_size))
        self.b = 0.01 + np.zeros((1, out_ch_size, 1, 1))
        self.input_size = input_size

    def update_weights(self, dW, db):
        self.W += dW
        self.b += db

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        cols = unroll(x, self.W.shape[2], self.W.shape[3])
        y = np.dot(cols, self.W.reshape(len(self.W), -1).T)
        return y.transpose(0, 3, 1, 2) + self.b

    def backprop(self, x, dLdy):
        out_ch, in_ch, kx, ky = self.W.shape
        cols = unroll(x, kx, ky)
        dLdW = np.tensordot(dLdy, cols, axes=([0, 2, 3], [0, 1, 2])).reshape(self.W.shape)
        dLdb = np.sum(dLdy, axis=(0, 2, 3), keepdims=True)
        # full convolution of the upstream gradient with the kernels
        pad_y = np.pad(dLdy, ((0, 0), (0, 0), (kx - 1, kx - 1), (ky - 1, ky - 1)))
        kernels = self.W.transpose(1, 0, 2, 3).reshape(in_ch, -1)
        dLdx = np.dot(unroll(pad_y, kx, ky), kernels.T).transpose(0, 3, 1, 2)
        return dLdx, dLdW, dLdb
