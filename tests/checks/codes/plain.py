# ruff: noqa
# fmt: off
import numpy as np


class BatchNorm:
    def __init__(self, num_features, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(num_features), np.zeros(num_features), eps

    def forward(self, x, training=True):
        self.mean, self.var = x.mean(axis=0), x.var(axis=0)
        self.hat = (x - self.mean) / np.sqrt(self.var + self.eps)
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        N = len(dout)
        self.dgamma = (dout * self.hat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        scale = self.gamma / np.sqrt(self.var + self.eps) / N
        return scale * (N * dout - self.dbeta - self.hat * self.dgamma)


class Conv2d:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.weight = np.random.randn(out_channels, in_channels, kernel_size, kernel_size)
        self.bias = np.zeros(out_channels)
        self.stride, self.padding = stride, padding

    def forward(self, x):
        s, p, k = self.stride, self.padding, self.weight.shape[2]
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        OH, OW = (self.x.shape[2] - k) // s + 1, (self.x.shape[3] - k) // s + 1
        y = np.zeros((len(x), len(self.weight), OH, OW))
        for i in range(OH):
            for j in range(OW):
                patch = self.x[:, :, i * s : i * s + k, j * s : j * s + k]
                y[:, :, i, j] = np.tensordot(patch, self.weight, axes=([1, 2, 3], [1, 2, 3])) + self.bias
        return y

    def backward(self, grad_output):
        s, p, k = self.stride, self.padding, self.weight.shape[2]
        dx, self.grad_weight = np.zeros(self.x.shape), np.zeros(self.weight.shape)
        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                g = grad_output[:, :, i, j]
                rows, columns = slice(i * s, i * s + k), slice(j * s, j * s + k)
                dx[:, :, rows, columns] += np.tensordot(g, self.weight, axes=(1, 0))
                self.grad_weight += np.tensordot(g, self.x[:, :, rows, columns], axes=(0, 0))
        self.grad_bias = grad_output.sum(axis=(0, 2, 3))
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)


class Linear:
    def __init__(self, in_features, out_features):
        self.W, self.b = np.random.randn(out_features, in_features), np.zeros(out_features)

    def forward(self, x):
        return x @ self.W.T + self.b, x

    def backward(self, dy, cache):
        return dy @ self.W, dy.T @ cache, dy.sum(axis=0)


def affine_forward(x, w, b):
    out = x.reshape(len(x), -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    F, C, HH, WW = w.shape
    OH, OW = (xp.shape[2] - HH) // s + 1, (xp.shape[3] - WW) // s + 1
    out = np.zeros((len(x), F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            out[:, :, i, j] = (
                np.einsum("nchw,fchw->nf", xp[:, :, i * s : i * s + HH, j * s : j * s + WW], w) + b
            )
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    HH, WW = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i * s, i * s + HH), slice(j * s, j * s + WW)
            dxp[:, :, rows, columns] += np.einsum("nf,fchw->nchw", dout[:, :, i, j], w)
            dw += np.einsum("nf,nchw->fchw", dout[:, :, i, j], xp[:, :, rows, columns])
    return dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    N = len(x)
    dx = np.exp(logs)
    dx[np.arange(N), y] -= 1
    return -logs[np.arange(N), y].sum() / N, dx / N
