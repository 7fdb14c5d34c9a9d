"""Dropout layer with a binomial mask."""

import numpy as np


class Layer:
    def __init__(self, name):
        self.name = name
        self.training = True

    def set_mode(self, training):
        self.training = training


class Dropout(Layer):
    def __init__(self, ratio, name="dropout", seed=None):
        super().__init__(name=name)
        self.ratio = ratio
        self.mask = None
        self.seed = seed

    def forward(self, inputs):
        if self.training:
            rng = np.random.RandomState(self.seed)
            keep = 1 - self.ratio
            self.mask = rng.binomial(1, keep, size=inputs.shape)
            return inputs * self.mask / keep
        return inputs.copy()

    def backward(self, in_grads, inputs):
        if self.training:
            return in_grads * self.mask
        return in_grads.copy()
