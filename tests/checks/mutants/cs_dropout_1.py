"""Dropout, assignment 1."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name = name
        self.ratio = ratio
        self.mask = None
        self.seed = seed
        self.training = True
        self.trainable = False

    def set_mode(self, training):
        self.training = training

    def forward(self, inputs):
        if not self.training:
            return inputs
        if self.seed is not None:
            np.random.seed(self.seed)
        self.mask = np.random.uniform(size=inputs.shape) > self.ratio
        return inputs * self.mask

    def backward(self, in_grads, inputs):
        if not self.training:
            return in_grads
        return in_grads * self.mask
