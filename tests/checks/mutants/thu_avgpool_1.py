"""functions.py: average pooling."""

import numpy as np


def avgpool2d_forward(input, kernel_size, pad):
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    n, c, h, w = x.shape
    h_out, w_out = h // kernel_size, w // kernel_size
    x = x[:, :, : h_out * kernel_size, : w_out * kernel_size]
    return x.reshape(n, c, h_out, kernel_size, w_out, kernel_size).mean(axis=(3, 5))


def avgpool2d_backward(input, grad_output, kernel_size, pad):
    n, c, h, w = input.shape
    spread = np.repeat(np.repeat(grad_output, kernel_size, axis=2), kernel_size, axis=3)
    grad = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    grad[:, :, : spread.shape[2], : spread.shape[3]] = spread
    return grad[:, :, pad : pad + h, pad : pad + w]
