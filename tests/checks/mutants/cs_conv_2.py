"""Convolution layer for MNISTNet."""

import numpy as np


class Layer:
    def __init__(self, name):
        self.name = name
        self.training = True
        self.trainable = False


class Convolution(Layer):
    def __init__(self, conv_params, initializer=None, name="conv"):
        super().__init__(name=name)
        self.trainable = True
        for key in conv_params:
            setattr(self, key, conv_params[key])
        shape = (self.out_channel, self.in_channel, self.kernel_h, self.kernel_w)
        self.weights = np.random.normal(0, 0.1, shape)
        self.bias = np.zeros(self.out_channel)
        self.w_grad = np.zeros(shape)
        self.b_grad = np.zeros(self.out_channel)

    def forward(self, inputs):
        s, p = self.stride, self.pad
        x = np.pad(inputs, [(0, 0), (0, 0), (p, p), (p, p)])
        out_h = (x.shape[2] - self.kernel_h) // s + 1
        out_w = (x.shape[3] - self.kernel_w) // s + 1
        outputs = np.zeros((x.shape[0], self.out_channel, out_h, out_w))
        w = self.weights.reshape(self.out_channel, -1)
        for i in range(out_h):
            for j in range(out_w):
                field = x[:, :, i * s : i * s + self.kernel_h, j * s : j * s + self.kernel_w]
                outputs[:, :, i, j] = field.reshape(len(x), -1) @ w.T + self.bias
        return outputs

    def backward(self, in_grads, inputs):
        s, p = self.stride, self.pad
        x = np.pad(inputs, [(0, 0), (0, 0), (p, p), (p, p)])
        dx = np.zeros(x.shape)
        self.w_grad = np.zeros(self.weights.shape)
        for i in range(in_grads.shape[2]):
            for j in range(in_grads.shape[3]):
                rows = slice(i * s, i * s + self.kernel_h)
                cols = slice(j * s, j * s + self.kernel_w)
                g = in_grads[:, :, i, j]
                self.w_grad += np.einsum("nf,nchw->fchw", g, x[:, :, rows, cols])
                dx[:, :, rows, cols] += np.einsum("nf,fchw->nchw", g, self.weights)
        self.b_grad = in_grads.sum(axis=(0, 2, 3))
        return dx[:, :, : inputs.shape[2], : inputs.shape[3]]
