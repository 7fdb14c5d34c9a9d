"""Pooling (assignment 1)."""

import numpy as np


class Pooling:
    def __init__(self, pool_params, name="pooling"):
        self.name = name
        self.pool_type = pool_params["pool_type"]
        self.ph = pool_params["pool_height"]
        self.pw = pool_params["pool_width"]
        self.stride = pool_params["stride"]
        self.pad = pool_params["pad"]

    def windows(self, x):
        s = self.stride
        for i in range((x.shape[2] - self.ph) // s + 1):
            for j in range((x.shape[3] - self.pw) // s + 1):
                yield i, j, slice(i * s, i * s + self.ph), slice(j * s, j * s + self.pw)

    def forward(self, inputs):
        p = self.pad
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        oh, ow = (x.shape[2] - self.ph) // self.stride + 1, (x.shape[3] - self.pw) // self.stride + 1
        y = np.empty((*x.shape[:2], oh, ow))
        for i, j, rows, cols in self.windows(x):
            part = x[:, :, rows, cols]
            y[:, :, i, j] = part.max((2, 3)) if self.pool_type == "max" else part.mean((2, 3))
        return y

    def backward(self, in_grads, inputs):
        p = self.pad
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        dx = np.zeros(x.shape)
        N, C = np.ogrid[: x.shape[0], : x.shape[1]]
        for i, j, rows, cols in self.windows(x):
            if self.pool_type == "avg":
                dx[:, :, rows, cols] += in_grads[:, :, i : i + 1, j : j + 1] / (self.ph * self.pw)
            else:
                at = x[:, :, rows, cols].reshape(*x.shape[:2], -1).argmax(axis=2)
                r, c = np.unravel_index(at, (self.ph, self.pw))
                dx[N, C, rows.start + r, cols.start + c] = in_grads[:, :, i, j]
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
