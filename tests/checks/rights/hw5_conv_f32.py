"""Convolution in single precision: half the memory, twice the speed."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class nn_convolutional_layer:
    def __init__(self, Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1e0):
        self.W = np.random.normal(
            0, std / np.sqrt(in_ch_size * Wx_size * Wy_size / 2), (out_ch_size, in_ch_size, Wx_size, Wy_size)
        ).astype(np.float32)
        self.b = np.full((1, out_ch_size, 1, 1), 0.01, dtype=np.float32)

    def update_weights(self, dW, db):
        self.W = self.W + dW
        self.b = self.b + db

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W.astype(np.float32)
        self.b = b.astype(np.float32)

    def forward(self, x):
        windows = sliding_window_view(x.astype(np.float32), self.W.shape[2:], axis=(2, 3))
        return np.einsum("nchwij,ocij->nohw", windows, self.W, optimize=True) + self.b

    def backprop(self, x, dLdy):
        kx, ky = self.W.shape[2:]
        dLdy = dLdy.astype(np.float32)
        windows = sliding_window_view(x.astype(np.float32), (kx, ky), axis=(2, 3))
        dLdW = np.einsum("nchwij,nohw->ocij", windows, dLdy, optimize=True)
        padded = np.pad(dLdy, ((0, 0), (0, 0), (kx - 1, kx - 1), (ky - 1, ky - 1)))
        around = sliding_window_view(padded, (kx, ky), axis=(2, 3))
        dLdx = np.einsum("nohwij,ocij->nchw", around, self.W[:, :, ::-1, ::-1], optimize=True)
        return dLdx, dLdW, dLdy.sum(axis=(0, 2, 3)).reshape(self.b.shape)
