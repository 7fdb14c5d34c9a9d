"""optimizers.py: SGD with momentum."""


class SGD:
    def __init__(self, lr=0.01, momentum=0, decay=0, sheduler_func=None):
        self.lr = lr
        self.momentum = momentum
        self.moments = None
        self.decay = decay
        self.sheduler_func = sheduler_func

    def update(self, params, grads, iteration):
        if self.decay > 0:
            self.lr *= 1 / (1 + self.decay * iteration)
        if self.sheduler_func:
            self.lr = self.sheduler_func(self.lr, iteration)
        if self.moments is None:
            self.moments = {k: 0 * v for k, v in params.items()}
        new_params = {}
        for k in params:
            self.moments[k] = grads[k] - self.momentum * self.moments[k]
            new_params[k] = params[k] - self.lr * self.moments[k]
        return new_params
