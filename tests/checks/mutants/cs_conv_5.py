"""Convolution, version with einsum."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Guassian:
    def __init__(self, mean=0, std=0.1):
        self.mean, self.std = mean, std

    def initialize(self, size):
        return np.random.normal(self.mean, self.std, size)


class Convolution:
    def __init__(self, conv_params, initializer=Guassian(), name="conv"):
        self.name = name
        self.stride = conv_params["stride"]
        self.pad = conv_params["pad"]
        self.shape = tuple(conv_params[k] for k in ("out_channel", "in_channel", "kernel_h", "kernel_w"))
        self.weights = initializer.initialize(self.shape)
        self.bias = np.zeros(self.shape[0])
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def forward(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(x, self.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
        return np.einsum("nchwyx,fcyx->nfhw", windows, self.weights)

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = sliding_window_view(x, self.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
        self.w_grad = np.einsum("nchwyx,nfhw->fcyx", windows, in_grads)
        self.b_grad = in_grads.sum(axis=(0, 2, 3))
        dx = np.zeros(x.shape)
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                part = np.tensordot(in_grads[:, :, i, j], self.weights, axes=1)
                dx[:, :, s * i : s * i + self.shape[2], s * j : s * j + self.shape[3]] += part
        return dx[:, :, p : x.shape[2] - p, p : x.shape[3] - p]
