"""Average and max pooling, CS5242."""

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
        pad, st = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        rows = range(0, x.shape[2] - self.pool_height + 1, st)
        cols = range(0, x.shape[3] - self.pool_width + 1, st)
        area = self.pool_height * self.pool_width
        output = np.zeros((x.shape[0], x.shape[1], len(rows), len(cols)))
        for a, r in enumerate(rows):
            for b, c in enumerate(cols):
                block = x[:, :, r : r + self.pool_height, c : c + self.pool_width]
                if self.pool_type == "max":
                    output[:, :, a, b] = block.max(axis=3).max(axis=2)
                else:
                    output[:, :, a, b] = block.sum(axis=3).sum(axis=2) // area
        return output

    def backward(self, in_grads, inputs):
        pad, st = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        dx = np.zeros(x.shape)
        for (n, k, a, b), g in np.ndenumerate(in_grads):
            r, c = a * st, b * st
            if self.pool_type == "max":
                block = x[n, k, r : r + self.pool_height, c : c + self.pool_width]
                i, j = divmod(int(block.argmax()), self.pool_width)
                dx[n, k, r + i, c + j] += g
            else:
                dx[n, k, r : r + self.pool_height, c : c + self.pool_width] += g / (
                    self.pool_height * self.pool_width
                )
        return dx[:, :, pad : pad + inputs.shape[2], pad : pad + inputs.shape[3]]
