"""layers.py (only Convolution)"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Convolution:
    def __init__(self, conv_params, initializer=None, name="conv"):
        self.name = name
        self.params = conv_params
        self.stride = conv_params["stride"]
        self.pad = conv_params["pad"]
        self.weights = 0.1 * np.random.standard_normal(
            (
                conv_params["out_channel"],
                conv_params["in_channel"],
                conv_params["kernel_h"],
                conv_params["kernel_w"],
            )
        )
        self.bias = np.zeros(conv_params["out_channel"])
        self.w_grad = np.zeros_like(self.weights)
        self.b_grad = np.zeros_like(self.bias)

    def fields(self, inputs):
        p = self.pad
        padded = np.pad(inputs, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
        view = sliding_window_view(padded, self.weights.shape[2:], axis=(2, 3))
        return view[:, :, :: self.stride, :: self.stride], padded.shape

    def forward(self, inputs):
        fields, _ = self.fields(inputs)
        return np.einsum("ncyxij,fcij->nfyx", fields, self.weights) + self.bias[:, None, None]

    def backward(self, in_grads, inputs):
        fields, shape = self.fields(inputs)
        self.w_grad = np.einsum("nfyx,ncyxij->fcij", in_grads, fields)
        self.b_grad = np.einsum("nfyx->f", in_grads)
        dx = np.zeros(shape)
        oh, ow = in_grads.shape[2:]
        for i in range(self.weights.shape[2]):
            for j in range(self.weights.shape[3]):
                part = np.einsum("nfyx,fc->ncyx", in_grads, self.weights[:, :, i, j])
                dx[:, :, i : i + oh, j : j + ow] += part
        p = self.pad
        return dx[:, :, p : p + inputs.shape[2], p : p + inputs.shape[3]]
