"""Convolution with as_strided windows, because the loops were too slow."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.conv = conv_params
        k = (conv_params["kernel_h"], conv_params["kernel_w"])
        self.weights = np.random.normal(0, 0.1, (conv_params["out_channel"], conv_params["in_channel"], *k))
        self.bias = np.zeros(conv_params["out_channel"])
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def windows(self, x):
        kh, kw, s = self.conv["kernel_h"], self.conv["kernel_w"], self.conv["stride"]
        oh = 1 + (x.shape[2] - kh) // s
        ow = 1 + (x.shape[3] - kw) // s
        sn, sc, sh, sw = x.strides
        return as_strided(x, (x.shape[0], oh, ow, x.shape[1], kh, kw), (sn, sh, sw, sc, sh, sw))

    def padded(self, inputs):
        p = self.conv["pad"]
        return np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))

    def forward(self, inputs):
        win = self.windows(self.padded(inputs))
        out = np.tensordot(win, self.weights, ((3, 4, 5), (1, 2, 3))) + self.bias
        return out.transpose(0, 3, 1, 2)

    def backward(self, in_grads, inputs):
        s, p = self.conv["stride"], self.conv["pad"]
        x = self.padded(inputs)
        self.w_grad = np.tensordot(in_grads, self.windows(x), ((0, 2, 3), (0, 1, 2)))
        self.b_grad = in_grads.sum((0, 2, 3))
        dx = np.zeros(x.shape)
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                part = np.tensordot(in_grads[:, :, i, j], self.weights, 1)
                dx[:, :, s * i :, s * j :][:, :, : part.shape[2], : part.shape[3]] += part
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
