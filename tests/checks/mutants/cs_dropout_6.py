"""Dropout with its own random state."""

import numpy as np


class Dropout:
    def __init__(self, ratio, name="dropout", seed=None):
        self.name = name
        self.ratio = ratio
        self.seed = seed
        self.training = True
        self.calls = 0

    def set_mode(self, training):
        self.training = training

    def scale(self, shape):
        scale = np.ones(shape)
        if self.training:
            self.rng = np.random.RandomState(self.seed if self.calls == 0 else None)
            scale[self.rng.rand(*shape) < self.ratio] = 0
            scale /= 1 - self.ratio
        return scale

    def forward(self, inputs):
        self.calls = 0
        outputs = inputs * self.scale(inputs.shape)
        self.calls = 1
        return outputs

    def backward(self, in_grads, inputs):
        return in_grads * self.scale(in_grads.shape)
