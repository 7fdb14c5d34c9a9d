"""nn_max_pooling_layer: mask approach."""

import numpy as np


class nn_max_pooling_layer:
    def __init__(self, stride, pool_size):
        self.stride = stride
        self.pool_size = pool_size

    def forward(self, x):
        k, st = self.pool_size, self.stride
        H = (x.shape[2] - k) // st + 1
        W = (x.shape[3] - k) // st + 1
        out = np.empty(x.shape[:2] + (H, W))
        for h in range(H):
            for w in range(W):
                out[:, :, h, w] = np.amax(x[:, :, h * st : h * st + k, w * st : w * st + k], axis=(2, 3))
        return out

    def backprop(self, x, dLdy):
        k, st = self.pool_size, self.stride
        dLdx = np.zeros(x.shape)
        for h in range(dLdy.shape[2]):
            for w in range(dLdy.shape[3]):
                window = x[:, :, h * st : h * st + k, w * st : w * st + k]
                biggest = np.amax(window, axis=(2, 3), keepdims=True)
                mask = window == biggest
                dLdx[:, :, h * st : h * st + k, w * st : w * st + k] += (
                    mask * dLdy[:, :, h : h + 1, w : w + 1]
                )
        return dLdx
