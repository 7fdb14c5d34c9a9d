"""Convolution of assignment 1 (one image after the other)."""

import numpy as np


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.kernel_h, self.kernel_w = conv_params["kernel_h"], conv_params["kernel_w"]
        self.pad, self.stride = conv_params["pad"], conv_params["stride"]
        self.in_channel, self.out_channel = conv_params["in_channel"], conv_params["out_channel"]
        self.weights = np.random.normal(
            size=(self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        )
        self.bias = np.zeros(self.out_channel)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def indices(self, h, w):
        oh = 1 + (h + 2 * self.pad - self.kernel_h) // self.stride
        ow = 1 + (w + 2 * self.pad - self.kernel_w) // self.stride
        c, i, j = np.indices((self.in_channel, self.kernel_h, self.kernel_w)).reshape(3, -1, 1)
        y, x = self.stride * np.indices((oh, ow)).reshape(2, 1, -1)
        return c, i + y, j + x, oh, ow

    def forward(self, inputs):
        c, i, j, oh, ow = self.indices(*inputs.shape[2:])
        p = self.pad
        result = []
        for img in inputs:
            col = np.pad(img, ((0, 0), (p, p), (p, p)))[c, i, j]
            result.append(self.weights.reshape(self.out_channel, -1).dot(col) + self.bias[:, None])
        return np.stack(result).reshape(-1, self.out_channel, oh, ow)

    def backward(self, in_grads, inputs):
        h, w = inputs.shape[2:]
        c, i, j, _, _ = self.indices(h, w)
        p = self.pad
        w_rows = self.weights.reshape(self.out_channel, -1)
        dw = np.zeros(w_rows.shape)
        out = []
        for img, g in zip(inputs, in_grads):
            g = g.reshape(self.out_channel, -1)
            padded = np.pad(img, ((0, 0), (p, p), (p, p)))
            dw += g.dot(padded[c, i, j].T)
            d = np.zeros(padded.shape)
            np.add.at(d, (c, i, j), w_rows.T.dot(g))
            out.append(d[:, p : p + h, p : p + w])
        self.w_grad = dw.reshape(self.weights.shape)
        self.b_grad = np.sum(in_grads, axis=0)
        return np.array(out)
