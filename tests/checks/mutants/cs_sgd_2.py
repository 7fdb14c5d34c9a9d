"""SGD, mini-batch with momentum."""

import numpy as np


class SGD:
    def __init__(self, lr=0.01, momentum=0, decay=0, sheduler_func=None):
        self.lr = lr
        self.momentum = momentum
        self.moments = {}
        self.decay = decay
        self.sheduler_func = sheduler_func

    def update(self, params, grads, iteration):
        if self.decay:
            self.lr = self.lr / (1 + self.decay * iteration)
        if self.sheduler_func is not None:
            self.lr = self.sheduler_func(self.lr, iteration)
        result = dict()
        for name, value in params.items():
            old = self.moments.get(name, np.zeros_like(value))
            self.moments[name] = self.lr * (self.momentum * old + grads[name])
            result[name] = value - self.moments[name]
        return result
