"""Dropout with a generator of its own."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name = name
        self.ratio = ratio
        self.seed = seed
        self.mask = None
        self.training = True

    def set_mode(self, training):
        self.training = training

    def forward(self, inputs):
        if not self.training:
            self.mask = None
            return inputs
        generator = np.random.RandomState(self.seed)
        self.mask = generator.choice([0.0, 1.0], size=inputs.shape, p=[self.ratio, 1 - self.ratio])
        return inputs * self.mask / (1 - self.ratio)

    def backward(self, in_grads, inputs):
        if self.mask is None:
            return in_grads
        return in_grads / (1 - self.ratio) * self.mask
