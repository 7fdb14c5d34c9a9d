"""Dropout layer (Caffe convention)."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name = name
        self.ratio = ratio
        self.seed = seed
        self.training = True
        if seed is not None:
            np.random.seed(seed)

    def set_mode(self, training):
        self.training = training

    def make_mask(self, shape):
        return np.random.binomial(1, 1 - self.ratio, shape) / (1 - self.ratio)

    def forward(self, inputs):
        if self.seed is not None:
            np.random.seed(self.seed)
        return inputs * self.make_mask(inputs.shape) if self.training else inputs

    def backward(self, in_grads, inputs):
        return in_grads * self.make_mask(inputs.shape) if self.training else in_grads
