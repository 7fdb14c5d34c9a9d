"""Fully connected layer with einsum, any number of batch axes."""

import numpy as np


class FCLayer:
    def __init__(self, in_features, out_features, name="fclayer", initializer=None):
        self.name = name
        self.weights = np.random.randn(in_features, out_features) * 0.1
        self.bias = np.random.randn(out_features) * 0.1
        self.w_grad = np.zeros((in_features, out_features))
        self.b_grad = np.zeros(out_features)

    def forward(self, inputs):
        outputs = np.einsum("...i,io->...o", inputs, self.weights)
        return outputs

    def backward(self, in_grads, inputs):
        self.w_grad = np.einsum(
            "ni,no->io", inputs.reshape(-1, inputs.shape[-1]), in_grads.reshape(-1, in_grads.shape[-1])
        )
        self.b_grad = np.einsum("no->o", in_grads.reshape(-1, in_grads.shape[-1]))
        return np.einsum("...o,io->...i", in_grads, self.weights)
