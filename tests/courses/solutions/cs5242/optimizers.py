import numpy as np


class SGD:
    def update(self, params, grads, iteration):
        self._change_rate(iteration)
        if self.moments is None:
            self.moments = {name: np.zeros(value.shape) for name, value in params.items()}
        self.moments = {name: self.momentum * self.moments[name] + grads[name] for name in params}
        return {name: value - self.lr * self.moments[name] for name, value in params.items()}


class Adam:
    def update(self, params, grads, iteration):
        self._change_rate(iteration)
        if self.moments is None:
            self.moments = {name: np.zeros(value.shape) for name, value in params.items()}
            self.accumulators = {name: np.zeros(value.shape) for name, value in params.items()}
        new = {}
        for name, value in params.items():
            m = self.beta_1 * self.moments[name] + (1 - self.beta_1) * grads[name]
            v = self.beta_2 * self.accumulators[name] + (1 - self.beta_2) * grads[name] ** 2
            self.moments[name], self.accumulators[name] = m, v
            m_hat = m / (1 - self.beta_1 ** (iteration + 1))
            v_hat = v / (1 - self.beta_2 ** (iteration + 1))
            new[name] = value - self.lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return new
