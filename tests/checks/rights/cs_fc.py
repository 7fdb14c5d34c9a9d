"""FCLayer in float32."""

import numpy as np


class FCLayer:
    def __init__(self, in_features, out_features, name="fclayer", initializer=None):
        self.name = name
        self.weights = np.random.normal(0, 0.1, (in_features, out_features))
        self.bias = np.random.normal(0, 0.1, out_features)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def forward(self, inputs):
        x = np.asarray(inputs, dtype=np.float32)
        return x @ self.weights.astype(np.float32) + self.bias.astype(np.float32)

    def backward(self, in_grads, inputs):
        g = np.asarray(in_grads, dtype=np.float32)
        x = np.asarray(inputs, dtype=np.float32)
        self.w_grad[...] = np.tensordot(x, g, axes=(range(x.ndim - 1), range(g.ndim - 1)))
        self.b_grad[...] = g.sum(axis=tuple(range(g.ndim - 1)))
        return g @ self.weights.T.astype(np.float32)
