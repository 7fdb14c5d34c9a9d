"""Assignment 1, Convolution (matrix product method)."""

import numpy as np


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.trainable = True
        self.kernel_h = conv_params["kernel_h"]
        self.kernel_w = conv_params["kernel_w"]
        self.pad = conv_params["pad"]
        self.stride = conv_params["stride"]
        self.in_channel = conv_params["in_channel"]
        self.out_channel = conv_params["out_channel"]
        self.weights = 0.1 * np.random.randn(self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        self.bias = np.zeros(self.out_channel)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def im2col(self, inputs):
        N, C, H, W = inputs.shape
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
        oh = 1 + (H + 2 * p - self.kernel_h) // s
        ow = 1 + (W + 2 * p - self.kernel_w) // s
        col = np.zeros((N, C, self.kernel_h, self.kernel_w, oh, ow))
        for a in range(self.kernel_h):
            for b in range(self.kernel_w):
                col[:, :, a, b] = x[:, :, a : a + s * oh : s, b : b + s * ow : s]
        return col.reshape(N, C * self.kernel_h * self.kernel_w, oh * ow), x.shape, oh, ow

    def forward(self, inputs):
        col, _, oh, ow = self.im2col(inputs)
        out = np.matmul(self.weights.reshape(self.out_channel, -1), col) + self.bias.reshape(-1, 1)
        return out.reshape(len(inputs), self.out_channel, oh, ow)

    def backward(self, in_grads, inputs):
        N, C, H, W = inputs.shape
        p, s = self.pad, self.stride
        col, padded, oh, ow = self.im2col(inputs)
        g = in_grads.reshape(N, self.out_channel, -1)
        self.w_grad = np.matmul(g, col.transpose(0, 2, 1)).mean(axis=0).reshape(self.weights.shape)
        self.b_grad = g.sum(axis=(0, 2))
        dcol = np.matmul(self.weights.reshape(self.out_channel, -1).T, g)
        dcol = dcol.reshape(N, C, self.kernel_h, self.kernel_w, oh, ow)
        dx = np.zeros(padded)
        for a in range(self.kernel_h):
            for b in range(self.kernel_w):
                dx[:, :, a : a + s * oh : s, b : b + s * ow : s] += dcol[:, :, a, b]
        return dx[:, :, p : p + H, p : p + W]
