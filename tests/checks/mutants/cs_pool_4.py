"""Pooling layer of MNISTNet."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Pooling:
    def __init__(self, pool_params, name="pooling"):
        self.name = name
        self.pool_type = pool_params["pool_type"]
        self.size = (pool_params["pool_height"], pool_params["pool_width"])
        self.stride = pool_params["stride"]
        self.pad = pool_params["pad"]

    def _windows(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        return sliding_window_view(x, self.size, axis=(2, 3))[:, :, ::s, ::s]

    def forward(self, inputs):
        windows = self._windows(inputs)
        if self.pool_type == "max":
            return windows.max(axis=(4, 5))
        return windows.sum(axis=(4, 5))

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        kh, kw = self.size
        h, w = inputs.shape[2:]
        windows = self._windows(inputs)
        grads = np.zeros((*inputs.shape[:2], h + 2 * p, w + 2 * p))
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                g = in_grads[:, :, i, j, None, None]
                if self.pool_type == "max":
                    flat = windows[:, :, i, j].reshape(*inputs.shape[:2], -1)
                    share = np.eye(kh * kw)[flat.argmax(-1)].reshape(*inputs.shape[:2], kh, kw)
                else:
                    share = 1 / (kh * kw)
                grads[:, :, i * s : i * s + kh, j * s : j * s + kw] += g * share
        return grads[:, :, p : p + h, p : p + w]
