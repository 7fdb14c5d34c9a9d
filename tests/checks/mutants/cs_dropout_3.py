"""Dropout (inverted)."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name = name
        self.ratio = ratio
        self.seed = seed
        self.training = True

    def set_mode(self, training):
        self.training = training

    def forward(self, inputs):
        np.random.seed(self.seed)
        self.mask = (np.random.rand(*inputs.shape) >= self.ratio) / (1.0 - self.ratio)
        return inputs * self.mask

    def backward(self, in_grads, inputs):
        return in_grads * self.mask
