"""Max and average pooling with one reshaped window axis."""

import numpy as np


class Pooling:
    def __init__(self, pool_params, name="pooling"):
        self.name = name
        self.pool_type = pool_params["pool_type"]
        self.ph, self.pw = pool_params["pool_height"], pool_params["pool_width"]
        self.stride, self.pad = pool_params["stride"], pool_params["pad"]

    def stack(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        oh, ow = (x.shape[2] - self.ph) // s + 1, (x.shape[3] - self.pw) // s + 1
        self.slices = [
            (slice(a, a + s * (oh - 1) + 1, s), slice(b, b + s * (ow - 1) + 1, s))
            for a in range(self.ph)
            for b in range(self.pw)
        ]
        return x, np.stack([x[:, :, rows, cols] for rows, cols in self.slices])

    def forward(self, inputs):
        stacked = self.stack(inputs)[1]
        return stacked.max(axis=0) if self.pool_type == "max" else stacked.mean(axis=0)

    def backward(self, in_grads, inputs):
        x, stacked = self.stack(inputs)
        dx = np.zeros(x.shape)
        winner = stacked.argmax(axis=0)
        for k, (rows, cols) in enumerate(self.slices):
            share = (winner == k) if self.pool_type == "max" else 1 / len(self.slices)
            dx[:, :, rows, cols] += share * in_grads
        return dx[:, :, self.pad :, self.pad :][:, :, : inputs.shape[2], : inputs.shape[3]]
