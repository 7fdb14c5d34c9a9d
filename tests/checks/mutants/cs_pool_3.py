"""Pooling via im2col."""

import numpy as np


class Pooling:
    def __init__(self, pool_params, name="pooling"):
        self.name = name
        self.pool_type = pool_params["pool_type"]
        self.pool_height = pool_params["pool_height"]
        self.pool_width = pool_params["pool_width"]
        self.stride = pool_params["stride"]
        self.pad = pool_params["pad"]

    def im2col(self, inputs):
        N, C, H, W = inputs.shape
        kh, kw, s, p = self.pool_height, self.pool_width, self.stride, self.pad
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        oh, ow = (H + 2 * p - kh) // s + 1, (W + 2 * p - kw) // s + 1
        col = np.zeros((N, C, kh, kw, oh, ow))
        for i in range(kh):
            for j in range(kw):
                col[:, :, i, j, :, :] = x[:, :, i : i + s * oh : s, j : j + s * ow : s]
        # every row: one receptive field
        col = col.transpose(0, 4, 5, 2, 3, 1).reshape(N * oh * ow, -1)
        return col.reshape(N * oh * ow * C, kh * kw), x.shape, oh, ow

    def forward(self, inputs):
        col, _, oh, ow = self.im2col(inputs)
        out = col.max(axis=1) if self.pool_type == "max" else col.mean(axis=1)
        return out.reshape(inputs.shape[0], oh, ow, inputs.shape[1]).transpose(0, 3, 1, 2)

    def backward(self, in_grads, inputs):
        N, C, H, W = inputs.shape
        kh, kw, s, p = self.pool_height, self.pool_width, self.stride, self.pad
        col, shape, oh, ow = self.im2col(inputs)
        g = in_grads.transpose(0, 2, 3, 1).reshape(-1)
        dcol = np.zeros(col.shape)
        if self.pool_type == "max":
            dcol[np.arange(len(g)), col.argmax(axis=1)] = g
        else:
            dcol += g[:, None] / (kh * kw)
        dcol = dcol.reshape(N, oh, ow, kh, kw, C).transpose(0, 5, 3, 4, 1, 2)
        dx = np.zeros(shape)
        for i in range(kh):
            for j in range(kw):
                dx[:, :, i : i + s * oh : s, j : j + s * ow : s] += dcol[:, :, i, j]
        return dx[:, :, p : p + H, p : p + W]
