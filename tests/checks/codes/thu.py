# ruff: noqa
# fmt: off
import numpy as np


def conv2d_forward(input, W, b, kernel_size, pad):
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    n, _, h, w = x.shape
    out = np.zeros((n, W.shape[0], h - kernel_size + 1, w - kernel_size + 1))
    for i in range(kernel_size):
        for j in range(kernel_size):
            patch = x[:, :, i : i + out.shape[2], j : j + out.shape[3]]
            out += np.einsum("nchw,oc->nohw", patch, W[:, :, i, j])
    return out + b[None, :, None, None]


def conv2d_backward(input, grad_output, W, b, kernel_size, pad):
    k = kernel_size
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    grad_W = np.zeros(W.shape)
    for i in range(k):
        for j in range(k):
            patch = x[:, :, i : i + grad_output.shape[2], j : j + grad_output.shape[3]]
            grad_W[:, :, i, j] = np.einsum("nohw,nchw->oc", grad_output, patch)
    turned = W[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    full = conv2d_forward(grad_output, turned, np.zeros(W.shape[1]), k, k - 1)
    grad_input = full[:, :, pad : full.shape[2] - pad, pad : full.shape[3] - pad]
    return grad_input, grad_W, grad_output.sum(axis=(0, 2, 3))


def avgpool2d_forward(input, kernel_size, pad):
    k = kernel_size
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    n, c, h, w = x.shape
    x = x[:, :, : h // k * k, : w // k * k]
    return x.reshape(n, c, h // k, k, w // k, k).mean(axis=(3, 5))


def avgpool2d_backward(input, grad_output, kernel_size, pad):
    k = kernel_size
    n, c, h, w = input.shape
    grad = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    spread = grad_output.repeat(k, axis=2).repeat(k, axis=3) / (k * k)
    grad[:, :, : spread.shape[2], : spread.shape[3]] = spread
    return grad[:, :, pad : pad + h, pad : pad + w]


class Relu:
    def __init__(self, name):
        self.name = name

    def forward(self, input):
        self.saved = input
        return input * (input > 0)

    def backward(self, grad_output):
        return grad_output * (self.saved > 0)


class Sigmoid:
    def __init__(self, name):
        self.name = name

    def forward(self, input):
        self.output = 1 / (1 + np.exp(-input))
        return self.output

    def backward(self, grad_output):
        return grad_output * self.output * (1 - self.output)


class Linear:
    def __init__(self, name, in_num, out_num, init_std):
        self.name = name
        self.W, self.b = np.random.randn(in_num, out_num) * init_std, np.zeros(out_num)
        self.grad_W, self.grad_b = np.zeros((in_num, out_num)), np.zeros(out_num)
        self.diff_W, self.diff_b = np.zeros((in_num, out_num)), np.zeros(out_num)

    def forward(self, input):
        self.saved = input
        return np.dot(input, self.W) + self.b

    def backward(self, grad_output):
        self.grad_W = np.dot(self.saved.T, grad_output)
        self.grad_b = grad_output.sum(axis=0)
        return np.dot(grad_output, self.W.T)

    def update(self, config):
        mm, lr, wd = config["momentum"], config["learning_rate"], config["weight_decay"]
        self.diff_W = mm * self.diff_W + (self.grad_W + wd * self.W)
        self.W = self.W - lr * self.diff_W
        self.diff_b = mm * self.diff_b + (self.grad_b + wd * self.b)
        self.b = self.b - lr * self.diff_b


class EuclideanLoss:
    def __init__(self, name):
        self.name = name

    def forward(self, input, target):
        return 0.5 * np.sum((input - target) ** 2) / len(input)

    def backward(self, input, target):
        return (input - target) / len(input)


class SoftmaxCrossEntropyLoss:
    def __init__(self, name):
        self.name = name

    def forward(self, input, target):
        shifted = input - input.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -np.sum(target * logs) / len(input)

    def backward(self, input, target):
        e = np.exp(input - input.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return (p - target) / len(input)
