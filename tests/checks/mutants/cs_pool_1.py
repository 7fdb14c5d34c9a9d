"""Pooling layer, max and avg."""

import numpy as np


class Pooling:
    def __init__(self, pool_params, name="pooling"):
        self.name = name
        self.pool_type = pool_params["pool_type"]
        self.pool_height = pool_params["pool_height"]
        self.pool_width = pool_params["pool_width"]
        self.stride = pool_params["stride"]
        self.pad = pool_params["pad"]

    def forward(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        h = 1 + (x.shape[2] - self.pool_height) // s
        w = 1 + (x.shape[3] - self.pool_width) // s
        reduce = np.max if self.pool_type == "max" else np.mean
        out = np.zeros((x.shape[0], x.shape[1], h, w))
        for i in range(h):
            for j in range(w):
                region = x[:, :, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
                out[:, :, i, j] = reduce(region, axis=(2, 3))
        return out

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        out_grads = np.zeros(x.shape)
        for n, c, i, j in np.ndindex(*in_grads.shape):
            g = in_grads[n, c, i, j]
            region = x[n, c, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
            target = out_grads[n, c, i * s : i * s + self.pool_height, j * s : j * s + self.pool_width]
            if self.pool_type == "max":
                target[np.unravel_index(np.argmax(region), region.shape)] += g
            else:
                target += g / region.size
        return out_grads
