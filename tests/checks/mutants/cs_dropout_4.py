"""Dropout of layers.py."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name, self.ratio, self.seed = name, ratio, seed
        self.mask = None
        self.training = True

    def set_mode(self, training):
        self.training = training

    def forward(self, inputs):
        p = self.ratio
        if self.training:
            rng = np.random.default_rng(self.seed)
            self.mask = np.where(rng.random(inputs.shape) < p, 0, 1 / (1 - p))
            return inputs * self.mask
        return inputs

    def backward(self, in_grads, inputs):
        if self.mask is None:
            return in_grads
        return in_grads * self.mask
