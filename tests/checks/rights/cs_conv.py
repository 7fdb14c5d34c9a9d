"""Convolution of assignment 1, im2col with index arrays."""

import numpy as np


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.trainable = True
        self.kernel_h, self.kernel_w = conv_params["kernel_h"], conv_params["kernel_w"]
        self.pad, self.stride = conv_params["pad"], conv_params["stride"]
        self.in_channel, self.out_channel = conv_params["in_channel"], conv_params["out_channel"]
        shape = (self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        self.weights = np.random.normal(0, 0.1, shape)
        self.bias = np.zeros(self.out_channel)
        self.w_grad, self.b_grad = np.zeros(shape), np.zeros(self.out_channel)

    def get_columns(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        self.oh = (x.shape[2] - self.kernel_h) // s + 1
        self.ow = (x.shape[3] - self.kernel_w) // s + 1
        c, a, b = np.indices(self.weights.shape[1:]).reshape(3, -1, 1)
        i, j = np.indices((self.oh, self.ow)).reshape(2, 1, -1) * s
        self.index = (slice(None), c, a + i, b + j)
        return x.shape, x[self.index]

    def forward(self, inputs):
        _, col = self.get_columns(inputs)
        out = self.weights.reshape(self.out_channel, -1) @ col + self.bias[:, None]
        return out.reshape(-1, self.out_channel, self.oh, self.ow)

    def backward(self, in_grads, inputs):
        shape, col = self.get_columns(inputs)
        g = in_grads.reshape(len(inputs), self.out_channel, -1)
        self.w_grad = np.einsum("nfp,nkp->fk", g, col).reshape(self.weights.shape)
        self.b_grad = g.sum(axis=(0, 2))
        dx = np.zeros(shape)
        np.add.at(dx, self.index, self.weights.reshape(self.out_channel, -1).T @ g)
        return dx[:, :, self.pad : shape[2] - self.pad, self.pad : shape[3] - self.pad]
