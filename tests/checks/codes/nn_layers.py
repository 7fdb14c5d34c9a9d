# ruff: noqa
# fmt: off
import numpy as np


class nn_convolutional_layer:
    def __init__(self, Wx_size, Wy_size, input_size, in_ch_size, out_ch_size, std=1.0):
        scale = std / np.sqrt(in_ch_size * Wx_size * Wy_size / 2)
        self.W = np.random.normal(0, scale, (out_ch_size, in_ch_size, Wx_size, Wy_size))
        self.b = 0.01 + np.zeros((1, out_ch_size, 1, 1))

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        N, C, H, W = x.shape
        O, _, KH, KW = self.W.shape
        y = np.zeros((N, O, H - KH + 1, W - KW + 1))
        for n in range(N):
            for o in range(O):
                for i in range(y.shape[2]):
                    for j in range(y.shape[3]):
                        window = x[n, :, i : i + KH, j : j + KW]
                        y[n, o, i, j] = np.sum(window * self.W[o])
        return y + self.b

    def backprop(self, x, dLdy):
        N, C, H, W = x.shape
        O, _, KH, KW = self.W.shape
        dLdx, dLdW = np.zeros(x.shape), np.zeros(self.W.shape)
        for n in range(N):
            for o in range(O):
                for i in range(dLdy.shape[2]):
                    for j in range(dLdy.shape[3]):
                        dLdx[n, :, i : i + KH, j : j + KW] += dLdy[n, o, i, j] * self.W[o]
                        dLdW[o] += dLdy[n, o, i, j] * x[n, :, i : i + KH, j : j + KW]
        dLdb = dLdy.sum(axis=(0, 2, 3)).reshape(self.b.shape)
        return dLdx, dLdW, dLdb


class nn_max_pooling_layer:
    def __init__(self, stride, pool_size):
        self.stride, self.pool_size = stride, pool_size

    def forward(self, x):
        N, C, H, W = x.shape
        p, s = self.pool_size, self.stride
        y = np.zeros((N, C, (H - p) // s + 1, (W - p) // s + 1))
        for i in range(y.shape[2]):
            for j in range(y.shape[3]):
                window = x[:, :, i * s : i * s + p, j * s : j * s + p]
                y[:, :, i, j] = window.max(axis=(2, 3))
        return y

    def backprop(self, x, dLdy):
        N, C, H, W = x.shape
        p, s = self.pool_size, self.stride
        dLdx = np.zeros(x.shape)
        for n in range(N):
            for c in range(C):
                for i in range(dLdy.shape[2]):
                    for j in range(dLdy.shape[3]):
                        window = x[n, c, i * s : i * s + p, j * s : j * s + p]
                        row, column = np.unravel_index(window.argmax(), window.shape)
                        dLdx[n, c, i * s + row, j * s + column] += dLdy[n, c, i, j]
        return dLdx


class nn_activation_layer:
    def forward(self, x):
        return np.maximum(x, 0)

    def backprop(self, x, dLdy):
        return dLdy * (x > 0)


class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W = np.random.normal(0, std / np.sqrt(input_size / 2), (output_size, input_size))
        self.b = 0.01 + np.zeros(output_size)

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        flat = x.reshape(len(x), -1)
        return flat @ self.W.T + self.b

    def backprop(self, x, dLdy):
        flat = x.reshape(len(x), -1)
        dLdx = dLdy @ self.W
        dLdW = dLdy.T @ flat
        dLdb = dLdy.sum(axis=0)
        return dLdx.reshape(x.shape), dLdW, dLdb


class nn_softmax_layer:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backprop(self, x, dLdy):
        y = self.forward(x)
        dLdx = np.zeros(x.shape)
        for n in range(len(x)):
            jacobian = np.diag(y[n]) - np.outer(y[n], y[n])
            dLdx[n] = jacobian @ dLdy[n]
        return dLdx


class nn_cross_entropy_layer:
    def forward(self, x, y):
        picked = x[np.arange(len(y)), y]
        return -np.mean(np.log(picked + 1e-12))

    def backprop(self, x, y):
        dLdx = np.zeros(x.shape)
        dLdx[np.arange(len(y)), y] = -1 / (x[np.arange(len(y)), y] + 1e-12)
        return dLdx / len(y)
