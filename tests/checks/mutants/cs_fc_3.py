"""FC layer with gradients kept on the layer."""

import numpy as np


class FCLayer:
    def __init__(self, in_features, out_features, name="fclayer", initializer=None):
        self.name = name
        self.trainable = True
        self.weights = np.random.normal(scale=0.1, size=(in_features, out_features))
        self.bias = np.random.normal(scale=0.1, size=out_features)
        self.w_grad = np.zeros(self.weights.shape)
        self.b_grad = np.zeros(self.bias.shape)

    def forward(self, inputs):
        return inputs @ self.weights + self.bias

    def backward(self, in_grads, inputs):
        x = inputs.reshape(-1, inputs.shape[-1])
        g = in_grads.reshape(-1, in_grads.shape[-1])
        for sample, grad in zip(x, g):
            self.w_grad += np.outer(sample, grad)
            self.b_grad += grad
        return in_grads @ self.weights.T

    def get_params(self, prefix):
        w, b = prefix + ":" + self.name + "/weights", prefix + ":" + self.name + "/bias"
        return {w: self.weights, b: self.bias}, {w: self.w_grad, b: self.b_grad}
