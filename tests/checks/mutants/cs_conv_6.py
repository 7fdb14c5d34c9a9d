"""CS5242 convolution."""

import numpy as np


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.kh = conv_params["kernel_h"]
        self.kw = conv_params["kernel_w"]
        self.pad = conv_params["pad"]
        self.stride = conv_params["stride"]
        self.weights = np.random.normal(
            0, 0.1, (conv_params["out_channel"], conv_params["in_channel"], self.kh, self.kw)
        )
        self.bias = np.zeros(conv_params["out_channel"])
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def forward(self, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        oh, ow = (x.shape[2] - self.kh) // s + 1, (x.shape[3] - self.kw) // s + 1
        out = np.zeros((len(x), len(self.weights), oh, ow)) + self.bias[:, None, None]
        for a in range(self.kh):
            for b in range(self.kw):
                shifted = x[:, :, a : a + oh * s : s, b : b + ow * s : s]
                out += np.einsum("nchw,fc->nfhw", shifted, self.weights[:, :, a, b])
        return out

    def backward(self, in_grads, inputs):
        p, s = self.pad, self.stride
        x = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)))
        oh, ow = in_grads.shape[2:]
        dx = np.zeros(x.shape)
        for a in range(self.kh):
            for b in range(self.kw):
                shifted = x[:, :, a : a + oh * s : s, b : b + ow * s : s]
                self.w_grad[:, :, a, b] += np.einsum("nchw,nfhw->fc", shifted, in_grads)
                part = np.einsum("nfhw,fc->nchw", in_grads, self.weights[:, :, a, b])
                dx[:, :, a : a + oh * s : s, b : b + ow * s : s] += part
        self.b_grad += in_grads.sum(axis=(0, 2, 3))
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
