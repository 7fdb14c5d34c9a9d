"""ReLU without new memory for every batch."""

import numpy as np


class ReLU:
    def __init__(self, name="relu"):
        self.name = name
        self.buffer = None

    def forward(self, inputs):
        if self.buffer is None or self.buffer.shape != inputs.shape:
            self.buffer = np.empty(inputs.shape)
        self.buffer[:] = inputs
        self.buffer[self.buffer < 0] = 0
        return self.buffer

    def backward(self, in_grads, inputs):
        return in_grads * (inputs >= 0)
