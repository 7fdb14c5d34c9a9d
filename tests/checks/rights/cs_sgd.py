"""SGD with momentum, one parameter after the other."""

import numpy as np


class SGD:
    def __init__(self, lr=0.01, momentum=0, decay=0, sheduler_func=None):
        self.lr, self.momentum, self.decay, self.sheduler_func = lr, momentum, decay, sheduler_func
        self.moments = None

    def update(self, params, grads, iteration):
        if self.decay > 0:
            self.lr *= 1 / (1 + self.decay * iteration)
        if self.sheduler_func:
            self.lr = self.sheduler_func(self.lr, iteration)
        if self.moments is None:
            self.moments = {key: np.zeros(value.shape) for key, value in params.items()}
        updated = {}
        for key in params:
            self.moments[key] *= self.momentum
            self.moments[key] += grads[key]
            updated[key] = params[key] - self.lr * self.moments[key]
        return updated
